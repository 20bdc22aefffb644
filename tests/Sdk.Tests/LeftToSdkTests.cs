namespace ContainerStages.Sdk.Tests;

/// <summary>
/// Where the .NET SDK's own container publishing makes the image: because the project says so, or because the engine does not run on this
/// machine.
/// </summary>
[TestClass]
[TestCategory("EndToEnd")]
public sealed class LeftToSdkTests(TestContext context)
{
    private const string Sdk = """
        <Project Sdk="Microsoft.NET.Sdk;ContainerStages.Sdk/0.1.0">
          <PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework><ContainerBaseImage>REGISTRY/dotnet/runtime:10.0</ContainerBaseImage></PropertyGroup>
        </Project>
        """;

    [TestMethod]
    public async Task The_sdks_own_publishing_makes_the_image_where_the_project_or_the_machine_leaves_it_to_that()
    {
        var registry = Environment.GetEnvironmentVariable("CONTAINERSTAGES_TEST_REGISTRY");
        if (registry is null or "")
        {
            Assert.Inconclusive("CONTAINERSTAGES_TEST_REGISTRY is not set: run build/base-images.sh and take over what it exports.");
        }

        using var project = await UserProject.CreateAsync(context);
        var sdk = Sdk.Replace("REGISTRY", registry, StringComparison.Ordinal);
        project.Write("app/app.csproj", sdk);
        project.Write("pkg/pkg.csproj", sdk.Replace(";ContainerStages.Sdk/0.1.0", "", StringComparison.Ordinal)
            .Replace(
                "</Project>",
                """<ItemGroup><PackageReference Include="ContainerStages.Sdk" Version="0.1.0" PrivateAssets="all" /></ItemGroup></Project>""",
                StringComparison.Ordinal));
        project.Write("app/Program.cs", "System.Console.WriteLine();");
        project.Write("pkg/Program.cs", "System.Console.WriteLine();");
        project.Write("all.slnx", """<Solution><Project Path="app/app.csproj" /><Project Path="pkg/pkg.csproj" /></Solution>""");
        var elsewhere = new Dictionary<string, string>(StringComparer.Ordinal) { ["_ContainerStagesEngineRuns"] = "false" };

        var named =
            (await project.DotnetAsync(
                "publish",
                "all.slnx",
                "-p:PublishContainer=true",
                "-p:ContainerStagesBuilder=sdk",
                $"-p:ContainerArchiveOutputPath={project.Full("named/")}"))
                .ShouldSucceed();
        var found =
            (await project.DotnetAsync(
                elsewhere,
                "publish",
                "all.slnx",
                "-t:PublishContainer",
                "--no-restore",
                $"-p:ContainerArchiveOutputPath={project.Full("found/")}"))
                .ShouldSucceed();
        var built = (await project.DotnetAsync(elsewhere, "build", "app", "--no-restore")).ShouldSucceed();

        Assert.IsEmpty(named.Diagnostics);
        Assert.AreSequenceEqual(
            ["app.csproj: warning CST1514", "pkg.csproj: warning CST1514"], found.Diagnostics.Order(StringComparer.Ordinal));
        Assert.IsEmpty(built.Diagnostics);
        foreach (var archive in new[] { "named/app.tar.gz", "named/pkg.tar.gz", "found/app.tar.gz", "found/pkg.tar.gz" })
        {
            Assert.IsTrue(File.Exists(project.Full(archive)), $"{archive}\n{named.All}{found.All}");
        }

        Assert.IsFalse(Directory.Exists(project.Full("app/obj/containerstages")), "The engine was asked.");

        project.Write("app/app.csproj", sdk.Replace(
            "</Project>",
            """<ItemGroup><ContainerStage Include="one" From="scratch" Steps="COPY app.csproj /" /></ItemGroup></Project>""",
            StringComparison.Ordinal));
        var stages = (await project.DotnetAsync("msbuild", "app", "-t:PublishContainer", "-p:ContainerStagesBuilder=sdk")).ShouldFail();
        Assert.AreSequenceEqual(["app.csproj: error CST1513"], stages.Diagnostics);
    }
}
