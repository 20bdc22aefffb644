using System.Text.Json;

namespace ContainerStages.Sdk.Tests;

/// <summary>Targets that a project hangs before and after the .NET SDK's container targets have their effect here too.</summary>
[TestClass]
[TestCategory("EndToEnd")]
public sealed class HookTests(TestContext context)
{
    private const string Sdk = """
        <Project Sdk="Microsoft.NET.Sdk;ContainerStages.Sdk/0.1.0">
          <PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework></PropertyGroup>
        </Project>
        """;

    private const string Hooks = """
        <Project>
          <PropertyGroup><PublishContainerDependsOn>$(PublishContainerDependsOn);AddToDependencies</PublishContainerDependsOn></PropertyGroup>
          <Target Name="AddToDependencies"><ItemGroup><ContainerLabel Include="of.dependencies" Value="1" /></ItemGroup></Target>
          <Target Name="BeforeConfig" BeforeTargets="ComputeContainerConfig"><ItemGroup><ContainerLabel Include="of.config" Value="1" /></ItemGroup></Target>
          <Target Name="AfterBaseImage" AfterTargets="ComputeContainerBaseImage"><ItemGroup><ContainerLabel Include="of.base" Value="$(ContainerBaseImage)" /></ItemGroup></Target>
          <Target Name="BeforePublishContainer" BeforeTargets="PublishContainer">
            <PropertyGroup><ContainerUser>4711</ContainerUser><ContainerImageTags>1.2;1</ContainerImageTags></PropertyGroup>
            <ItemGroup><ContainerLabel Include="of.publish" Value="$(ContainerBaseImage)" /></ItemGroup>
            <WriteLinesToFile File="$(PublishDir)hook.txt" Lines="from the hook" Overwrite="true" Condition="'$(ContainerStagesBuilder)' == 'host'" />
          </Target>
          <Target Name="BeforeSeveral" BeforeTargets="_PublishMultiArchContainers"><ItemGroup><ContainerLabel Include="of.several" Value="1" /></ItemGroup></Target>
          <Target Name="BeforeSingle" BeforeTargets="_PublishSingleContainer"><ItemGroup><ContainerLabel Include="of.single" Value="1" /></ItemGroup></Target>
          <Target Name="AfterSingle" AfterTargets="_PublishSingleContainer"><Message Importance="high" Text="after single: $(GeneratedContainerDigest)" /></Target>
          <Target Name="AfterPublishContainer" AfterTargets="PublishContainer"><Message Importance="high" Text="after all: $(GeneratedContainerDigest)" /></Target>
        </Project>
        """;

    [TestMethod]
    [DataRow("container", "-t:PublishContainer", "")]
    [DataRow("host", "-p:PublishContainer=true", "from the hook")]
    public async Task Targets_around_PublishContainer_make_labels_user_tags_and_files_in_both_forms(
        string builder, string asked, string file)
    {
        RequireRegistry();
        using var project = await CreateAsync();

        var published =
            (await project.DotnetAsync(
                "publish", "all.slnx", asked, $"-p:ContainerStagesBuilder={builder}", $"-p:ContainerRepository={NameOf(project)}"))
                .ShouldSucceed();

        Assert.IsEmpty(published.Diagnostics);
        Assert.HasCount(2, published.ResultLines);
        foreach (var name in new[] { "app", "pkg" })
        {
            using var result = JsonDocument.Parse(project.Read($"{name}/obj/containerstages/result.json"));
            var digest = result.RootElement.GetProperty("manifestDigest").GetString();
            Assert.Contains("after single: " + digest, published.Output);
            Assert.Contains("after all: " + digest, published.Output);
            Assert.AreSequenceEqual(
                [$"{NameOf(project)}:1.2", $"{NameOf(project)}:1"],
                result.RootElement.GetProperty("references").EnumerateArray().Select(reference => reference.GetString()));
            using var configuration = JsonDocument.Parse(result.RootElement.GetProperty("configuration").GetString()!);
            Assert.AreEqual("4711", configuration.RootElement.GetProperty("config").GetProperty("User").GetString());
            Assert.AreSequenceEqual(["of.base", "of.config", "of.dependencies", "of.publish", "of.single"], Labels(configuration));
        }

        // The second project that was published has the name; both programs print the same.
        Assert.AreEqual(file, (await project.StagesAsync("run", NameOf(project) + ":1")).ShouldSucceed().Output.Trim());
        Assert.AreEqual(
            builder == "host", Directory.Exists(project.Full("app/bin")) || Directory.Exists(project.Full("pkg/bin")), "Who compiled?");
    }

    [TestMethod]
    public async Task A_target_is_found_on_another_node_of_MSBuild_and_the_package_returns_its_image()
    {
        RequireRegistry();
        using var project = await CreateAsync();
        var elsewhere = new Dictionary<string, string>(StringComparer.Ordinal) { ["MSBUILDNOINPROCNODE"] = "1" };

        var published =
            (await project.DotnetAsync(
                elsewhere,
                "publish",
                "pkg",
                "-t:PublishContainer",
                "-getTargetResult:PublishContainer",
                $"-p:ContainerRepository={NameOf(project)}"))
                .ShouldSucceed();

        Assert.IsFalse(Directory.Exists(project.Full("pkg/bin")), "Something was compiled on this machine.");
        using var results = JsonDocument.Parse(published.Output[published.Output.IndexOf('{', StringComparison.Ordinal)..]);
        Assert.HasCount(
            1, results.RootElement.GetProperty("TargetResults").GetProperty("PublishContainer").GetProperty("Items").EnumerateArray());

        // Nobody asked for an image, and switched off nobody gets one.
        (await project.DotnetAsync("publish", "pkg")).ShouldSucceed();
        Assert.IsTrue(File.Exists(project.Full("pkg/bin/Release/net10.0/publish/pkg.dll")));
        File.Delete(project.Full("pkg/bin/Release/net10.0/publish/pkg.dll"));
        var off =
            (await project.DotnetAsync("publish", "pkg", "--no-restore", "-p:EnableSdkContainerSupport=false", "-p:PublishContainer=true"))
                .ShouldSucceed();
        Assert.IsEmpty(off.ResultLines);
        Assert.IsTrue(File.Exists(project.Full("pkg/bin/Release/net10.0/publish/pkg.dll")));
    }

    [TestMethod]
    public async Task Targets_around_PublishContainer_have_their_effect_in_a_project_of_its_own_for_two_platforms()
    {
        using var project = await UserProject.CreateAsync(context);
        project.Write("hooks.targets", Hooks);
        project.Write("own.imageproj", """
            <Project Sdk="ContainerStages.Sdk/0.1.0">
              <ItemGroup><ContainerStage Include="one" From="scratch" Steps="COPY own.imageproj /" /></ItemGroup>
              <Import Project="hooks.targets" />
            </Project>
            """);

        var published =
            (await project.DotnetAsync(
                "publish", "-p:ContainerRuntimeIdentifiers=\"linux-x64;linux-arm64\"", "-getTargetResult:PublishContainer"))
                .ShouldSucceed();

        using var results = JsonDocument.Parse(published.Output);
        var images =
            results.RootElement.GetProperty("TargetResults").GetProperty("PublishContainer").GetProperty("Items").EnumerateArray().ToList();
        Assert.HasCount(2, images);
        using var configuration = JsonDocument.Parse(images[1].GetProperty("Configuration").GetString()!);
        Assert.AreEqual("4711", configuration.RootElement.GetProperty("config").GetProperty("User").GetString());
        Assert.AreSequenceEqual(["of.dependencies", "of.publish", "of.several", "of.single"], Labels(configuration));
    }

    private async Task<UserProject> CreateAsync()
    {
        var project = await UserProject.CreateAsync(context);
        project.Write("hooks.targets", Hooks);
        project.Write(
            "app/app.csproj", Sdk.Replace("</Project>", """<Import Project="../hooks.targets" /></Project>""", StringComparison.Ordinal));
        project.Write("pkg/pkg.csproj", Sdk.Replace(";ContainerStages.Sdk/0.1.0", "", StringComparison.Ordinal)
            .Replace(
                "</Project>",
                """<ItemGroup><PackageReference Include="ContainerStages.Sdk" Version="0.1.0" PrivateAssets="all" /></ItemGroup><Import Project="../hooks.targets" /></Project>""",
                StringComparison.Ordinal));
        foreach (var name in new[] { "app", "pkg" })
        {
            project.Write(
                $"{name}/Program.cs",
                """System.Console.WriteLine(System.IO.File.Exists("/app/hook.txt") ? System.IO.File.ReadAllText("/app/hook.txt").Trim() : "");""");
        }

        project.Write("all.slnx", """<Solution><Project Path="app/app.csproj" /><Project Path="pkg/pkg.csproj" /></Solution>""");
        return project;
    }

    private static IEnumerable<string> Labels(JsonDocument configuration) =>
        configuration.RootElement.GetProperty("config")
            .GetProperty("Labels")
            .EnumerateObject()
            .Select(label => label.Name)
            .Where(name => name.StartsWith("of.", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal);

    private static string NameOf(UserProject project) => Path.GetFileName(project.Folder).ToLowerInvariant();

    private static void RequireRegistry()
    {
        if (Environment.GetEnvironmentVariable("CONTAINERSTAGES_TEST_REGISTRY") is null or "")
        {
            Assert.Inconclusive("CONTAINERSTAGES_TEST_REGISTRY is not set: run build/base-images.sh and take over what it exports.");
        }
    }
}
