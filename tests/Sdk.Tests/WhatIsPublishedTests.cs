using System.Text.Json;

namespace ContainerStages.Sdk.Tests;

/// <summary>Which projects a publish makes images of, and what is generated for them. Nothing here needs an image of .NET.</summary>
[TestClass]
[TestCategory("EndToEnd")]
public sealed class WhatIsPublishedTests(TestContext context)
{
    private const string Library = """
        <Project Sdk="Microsoft.NET.Sdk;ContainerStages.Sdk/0.1.0"><PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup></Project>
        """;

    private const string OwnProject = """
        <Project Sdk="ContainerStages.Sdk/0.1.0">
          <PropertyGroup><ContainerRepository>own</ContainerRepository><Description>Says: a&amp;b</Description><Version>1.2.3</Version><PackageProjectUrl>https://example.com:8080/a</PackageProjectUrl></PropertyGroup>
          <ItemGroup>
            <ContainerStage Include="one" From="scratch" Steps="COPY own.imageproj /" />
            <ContainerLabel Include="org.opencontainers.image.version" Value="mine" />
          </ItemGroup>
        </Project>
        """;

    [TestMethod]
    [DataRow("-p:PublishContainer=true")]
    [DataRow("-p:PublishProfile=DefaultContainer")]
    public async Task A_library_and_a_test_project_of_a_solution_are_published_and_become_no_image(string asked)
    {
        using var project = await UserProject.CreateAsync(context);
        project.Write("lib/lib.csproj", Library);
        project.Write("tests/tests.csproj", Library.Replace(
            "<TargetFramework>",
            "<OutputType>Exe</OutputType><IsTestProject>true</IsTestProject><TargetFramework>",
            StringComparison.Ordinal));
        project.Write("tests/Program.cs", "return;");
        project.Write("own/own.imageproj", OwnProject);
        project.Write(
            "all.slnx",
            """<Solution><Project Path="lib/lib.csproj" /><Project Path="tests/tests.csproj" /><Project Path="own/own.imageproj" Type="9A19103F-16F7-4668-BE54-9A1E7A4F7556" /></Solution>""");

        var published = (await project.DotnetAsync("publish", "all.slnx", asked)).ShouldSucceed();

        Assert.IsEmpty(published.Diagnostics);
        Assert.StartsWith("own -> own:latest@sha256:", published.ResultLines.Single().Trim());
        Assert.DoesNotContain("no image is made", published.All);
        Assert.IsTrue(File.Exists(project.Full("lib/bin/Release/net10.0/publish/lib.dll")), published.All);
        Assert.IsFalse(Directory.Exists(project.Full("lib/obj/containerstages")));
        var alone = (await project.DotnetAsync("publish", "lib", asked)).ShouldSucceed();
        Assert.Contains("lib: no image is made of a library", alone.Output);
    }

    [TestMethod]
    [DataRow("publish --no-restore -p:PublishContainer=true")]
    [DataRow("msbuild -t:PublishContainer")]
    public async Task Several_target_frameworks_are_one_error_that_says_what_to_do(string command)
    {
        using var project = await UserProject.CreateAsync(context);
        project.Write("app.csproj", Library.Replace(
            "<TargetFramework>net10.0</TargetFramework>",
            "<OutputType>Exe</OutputType><TargetFrameworks>net10.0;netstandard2.1</TargetFrameworks>",
            StringComparison.Ordinal));

        var published = (await project.DotnetAsync(command.Split(' '))).ShouldFail();

        Assert.AreSequenceEqual(["app.csproj: error CST1507"], published.Diagnostics);
        Assert.Contains("dotnet publish -f net10.0 -p:PublishContainer=true", published.Output);
    }

    [TestMethod]
    public async Task A_tag_and_labels_are_generated_in_a_project_of_its_own()
    {
        using var project = await UserProject.CreateAsync(context);
        project.Write("own.imageproj", OwnProject);

        var published =
            (await project.DotnetAsync(
                "publish",
                "-p:AutoGenerateImageTag=true",
                "-p:ContainerVendor=Acme",
                "-p:ContainerGenerateLabelsImageDocumentation=false",
                "-p:RuntimeIdentifiers=\"linux-x64;linux-arm64\""))
                .ShouldSucceed();

        Assert.MatchesRegex(@"own -> own:20[0-9]{12}@sha256:", published.ResultLines.Single());
        var image =
            (await project.DotnetAsync(
                "publish",
                "-p:ContainerVendor=Acme",
                "-p:ContainerGenerateLabelsImageDocumentation=false",
                "-getProperty:GeneratedContainerConfiguration"))
                .ShouldSucceed();
        using var config = JsonDocument.Parse(image.Output);
        Assert.AreEqual(
            """
            org.opencontainers.artifact.description=Says: a&b
            org.opencontainers.image.description=Says: a&b
            org.opencontainers.image.url=https://example.com:8080/a
            org.opencontainers.image.vendor=Acme
            org.opencontainers.image.version=mine
            """,
            string.Join('\n', config.RootElement.GetProperty("config")
                .GetProperty("Labels")
                .EnumerateObject()
                .Select(label => $"{label.Name}={label.Value}")));
        var none =
            (await project.DotnetAsync("publish", "-p:ContainerGenerateLabels=false", "-getProperty:GeneratedContainerConfiguration"))
                .ShouldSucceed();
        Assert.DoesNotContain("Says", none.Output);
    }

    [TestMethod]
    public async Task A_label_keeps_every_sign_on_each_of_two_platforms()
    {
        const string Label = "https://example.com:8080/a?b=c;d=e&f=%20";
        using var project = await UserProject.CreateAsync(context);
        project.Write(
            "own.imageproj",
            OwnProject.Replace("Value=\"mine\"", "Value=\"https://example.com:8080/a?b=c%3Bd=e&amp;f=%2520\"", StringComparison.Ordinal));

        var published =
            (await project.DotnetAsync(
                "publish",
                "-p:ContainerRuntimeIdentifiers=\"linux-x64;linux-arm64\"",
                "-t:PublishContainer",
                "-getTargetResult:PublishContainer"))
                .ShouldSucceed();

        using var results = JsonDocument.Parse(published.Output);
        var images =
            results.RootElement.GetProperty("TargetResults").GetProperty("PublishContainer").GetProperty("Items").EnumerateArray().ToList();
        Assert.HasCount(2, images);
        foreach (var image in images)
        {
            using var config = JsonDocument.Parse(image.GetProperty("Configuration").GetString()!);
            Assert.AreEqual(
                Label,
                config.RootElement.GetProperty("config").GetProperty("Labels").GetProperty("org.opencontainers.image.version").GetString());
        }
    }

    [TestMethod]
    [DataRow("localhost:1", "refused")]
    [DataRow("no-such-host.invalid", "the name is not known")]
    public async Task A_registry_that_cannot_be_reached_is_one_error_on_one_line(string registry, string reason)
    {
        using var project = await UserProject.CreateAsync(context);
        project.Write("own.imageproj", OwnProject);

        var published = (await project.DotnetAsync("publish", $"-p:ContainerRegistry={registry}")).ShouldFail();

        Assert.AreSequenceEqual(["own.imageproj: error CST5001"], published.Diagnostics);
        Assert.Contains(reason, published.All.Trim());
        Assert.HasCount(1, published.All.Split('\n', StringSplitOptions.RemoveEmptyEntries), published.All);
    }
}
