using System.Text.Json;

namespace ContainerStages.Sdk.Tests;

/// <summary>Programs for one platform, published on this machine for images of several.</summary>
[TestClass]
[TestCategory("EndToEnd")]
public sealed class EachPlatformTests(TestContext context)
{
    // Without the runtime and a program file of its own, so that nothing of another platform must be downloaded.
    private const string Properties = """
        <OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework><UseAppHost>false</UseAppHost>
        <EnableRuntimePackDownload>false</EnableRuntimePackDownload><EnableAppHostPackDownload>false</EnableAppHostPackDownload><RuntimeIdentifier>linux-x64</RuntimeIdentifier>
        <RuntimeIdentifiers>linux-x64;linux-arm64</RuntimeIdentifiers><ContainerRuntimeIdentifiers>$(RuntimeIdentifiers)</ContainerRuntimeIdentifiers>
        <ContainerStagesBuilder>host</ContainerStagesBuilder>
        """;

    // What the .NET SDK's own publishing does for each platform, and what a project hangs around it.
    private const string Items = """
        <ItemGroup><ContainerStageDestination Include="local:files" Condition="'$(Files)' == 'true'" /></ItemGroup>
        <ItemGroup><None Include="note.txt" Link="for-$(RuntimeIdentifier).txt" CopyToPublishDirectory="Always" /></ItemGroup>
        <Target Name="Hooked" AfterTargets="Publish"><WriteLinesToFile File="$(PublishDir)hooked.txt" Lines="$(RuntimeIdentifier)" Overwrite="true" /></Target>
        """;

    [TestMethod]
    public async Task A_program_for_one_platform_is_published_for_each()
    {
        using var project = await CreateAsync($"""
            <Project Sdk="Microsoft.NET.Sdk"><PropertyGroup>{Properties}</PropertyGroup>
              <ItemGroup><PackageReference Include="ContainerStages.Sdk" Version="0.1.0" PrivateAssets="all" /></ItemGroup>{Items}
            </Project>
            """);

        var first = (await project.DotnetAsync("publish", "-p:PublishContainer=true", "-p:Files=true")).ShouldSucceed();
        var digest = Digest(project);

        Assert.IsEmpty(first.Diagnostics);
        Assert.HasCount(1, first.ResultLines);
        foreach (var (folder, rid) in new[] { ("linux_amd64", "linux-x64"), ("linux_arm64", "linux-arm64") })
        {
            var files = Directory.GetFiles(project.Full($"files/{folder}/app"))
                .Select(file => Path.GetFileName(file)!)
                .Order(StringComparer.Ordinal);
            Assert.AreSequenceEqual(
                [$"for-{rid}.txt", "hooked.txt", "package.deps.json", "package.dll", "package.pdb", "package.runtimeconfig.json"],
                files.ToArray());
            Assert.AreEqual(rid + "\n", project.Read($"files/{folder}/app/hooked.txt"));
        }

        var second = (await project.DotnetAsync("publish", "-t:PublishContainer")).ShouldSucceed();
        Assert.AreEqual(digest, Digest(project));
        Assert.HasCount(1, second.ResultLines);

        var mixed = (await project.DotnetAsync("publish", "-t:PublishContainer", "-o", "out", "--no-restore")).ShouldFail();
        Assert.AreSequenceEqual(["package.csproj: error CST1515"], mixed.Diagnostics);
        Assert.Contains("dotnet publish -r linux-arm64 -o out/linux-arm64", mixed.Output);
    }

    private static string Digest(UserProject project)
    {
        using var result = JsonDocument.Parse(project.Read("obj/containerstages/result.json"));
        return result.RootElement.GetProperty("manifestDigest").GetString()!;
    }

    private async Task<UserProject> CreateAsync(string text)
    {
        if (Environment.GetEnvironmentVariable("CONTAINERSTAGES_TEST_REGISTRY") is null)
        {
            Assert.Inconclusive("CONTAINERSTAGES_TEST_REGISTRY is not set: run build/base-images.sh and take over what it exports.");
        }

        var project = await UserProject.CreateAsync(context);
        project.Write("package.csproj", text);
        project.Write("Program.cs", "System.Console.WriteLine(\"hello\");\n");
        project.Write("note.txt", "note");
        return project;
    }
}
