using System.Text.Json;
using System.Text.RegularExpressions;
using ContainerStages.TestKit;

namespace ContainerStages.Sdk.Tests;

/// <summary>
/// What <c>dotnet publish</c> is told beside the image: folders, --no-build, variables that the .NET SDK ignores, and an engine of this
/// machine.
/// </summary>
[TestClass]
[TestCategory("EndToEnd")]
public sealed partial class SwitchTests(TestContext context)
{
    private const string Project = """
        <Project Sdk="Microsoft.NET.Sdk.Web;ContainerStages.Sdk/0.1.0">
          <PropertyGroup><TargetFramework>net10.0</TargetFramework><ContainerBaseImage>REGISTRY/dotnet/aspnet:10.0</ContainerBaseImage><ContainerStagesBuildr>host</ContainerStagesBuildr></PropertyGroup>
          <ItemGroup><ContainerEnvironmentVariable Include="GOOD_ONE" Value="1" /><ContainerEnvironmentVariable Include="not:valid" Value="2" /></ItemGroup>
          <Target Name="WriteFile" AfterTargets="Publish"><WriteLinesToFile File="$(PublishDir)after.txt" Lines="after Publish" Overwrite="true" /></Target>
        </Project>
        """;

    [TestMethod]
    [DataRow("host", "")]
    [DataRow("container", "CST1511 CST1512")]
    public async Task Folders_and_no_build_are_honoured_or_said_and_a_second_publish_gives_the_same_image(string builder, string warnings)
    {
        var registry = Environment.GetEnvironmentVariable("CONTAINERSTAGES_TEST_REGISTRY");
        if (registry is null or "")
        {
            Assert.Inconclusive("CONTAINERSTAGES_TEST_REGISTRY is not set: run build/base-images.sh and take over what it exports.");
        }

        using var project = await UserProject.CreateAsync(context);
        project.Write("app/app.csproj", Project.Replace("REGISTRY", registry, StringComparison.Ordinal));
        project.Write(
            "app/Program.cs", """foreach (var file in System.IO.Directory.GetFiles("/app")) { System.Console.WriteLine(file); }""");
        string[] publish =
        [
            "publish",
            "app",
            "-p:PublishContainer=true",
            $"-p:ContainerStagesBuilder={builder}",
            $"-p:ContainerRepository={NameOf(project)}",
            "-o",
            project.Full("out"),
        ];

        var first = (await project.DotnetAsync(publish)).ShouldSucceed();
        var second = (await project.DotnetAsync([.. publish, "--no-build"])).ShouldSucceed();

        Assert.AreEqual(Digest(first), Digest(second));
        Assert.AreSequenceEqual(
            [.. warnings.Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Append("CST1033")
                .Order(StringComparer.Ordinal)
                .Select(code => $"app.csproj: warning {code}")],
            second.Diagnostics.Where(line => line.Contains("CST", StringComparison.Ordinal))
                .Select(line => line.Replace("(2)", "", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal));
        Assert.Contains("Did you mean ContainerStagesBuilder?", second.All);
        Assert.AreEqual(builder == "host", File.Exists(project.Full("out/app.dll")));
        using var result = JsonDocument.Parse(project.Read("app/obj/containerstages/result.json"));
        var configuration = result.RootElement.GetProperty("configuration").GetString()!;
        Assert.Contains("GOOD_ONE=1", configuration);
        Assert.DoesNotContain("not:valid", configuration);
        Assert.Contains("not:valid", first.All);
        var files = (await project.StagesAsync("run", NameOf(project))).ShouldSucceed().Output;
        Assert.Contains("/app/after.txt", files);
        Assert.DoesNotContain("containerstages.lock.json", files);
    }

    [TestMethod]
    public async Task The_recipe_for_tools_that_expect_an_engine_loads_the_image_into_the_one_that_answers()
    {
        await using var docker = await DockerDaemon.StartAsync();
        await using var podman = await PodmanStorage.CreateAsync();
        using var project = await UserProject.CreateAsync(context);
        project.Write("Directory.Build.props", Recipe().Match(File.ReadAllText(Repository.File("docs/dotnet.md"))).Groups["text"].Value);
        project.Write("own.imageproj", """
            <Project Sdk="ContainerStages.Sdk/0.1.0">
              <PropertyGroup><ContainerRepository>acme/own</ContainerRepository></PropertyGroup>
              <ItemGroup><ContainerStage Include="one" From="scratch" Steps="COPY own.imageproj /" /></ItemGroup>
            </Project>
            """);

        (await project.DotnetAsync(docker.Variables, "publish", "/t:PublishContainer")).ShouldSucceed();
        using var result = JsonDocument.Parse(project.Read("obj/containerstages/result.json"));
        Assert.AreEqual(
            result.RootElement.GetProperty("configDigest").GetString(),
            await docker.DoAsync("image", "inspect", "--format", "{{.Id}}", "acme/own:latest"));

        // Nothing answers at this address.
        var elsewhere = new Dictionary<string, string>(
            podman.Variables, StringComparer.Ordinal) { ["DOCKER_HOST"] = "unix://" + project.Full("no.sock") };
        (await project.DotnetAsync(elsewhere, "publish", "/t:PublishContainer")).ShouldSucceed();
        Assert.Contains("acme/own:latest", await podman.DoAsync("images", "--format", "{{.Repository}}:{{.Tag}}"));

        var unknown = (await project.DotnetAsync("publish", "-p:ContainerStagesLocal=Dokcer")).ShouldFail();
        Assert.AreSequenceEqual(["own.imageproj: error CST1034"], unknown.Diagnostics);
    }

    private static string Digest(CommandResult published) => published.ResultLines.Single().Split("@sha256:")[1][..64];

    private static string NameOf(UserProject project) => Path.GetFileName(project.Folder).ToLowerInvariant();

    [GeneratedRegex(
        """```xml\n(?<text><Project>[^`]*ContainerStagesLocal[^`]*)```""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Recipe();
}
