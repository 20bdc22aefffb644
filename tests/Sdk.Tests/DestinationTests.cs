using System.Text;
using System.Text.Json;
using ContainerStages.TestKit;

namespace ContainerStages.Sdk.Tests;

/// <summary>Where real publishes send an image, and what they tell nobody on the way.</summary>
[TestClass]
[TestCategory("EndToEnd")]
public sealed class DestinationTests(TestContext context)
{
    private const string Stage = """<ContainerStage Include="all" From="scratch" Steps="COPY hello.txt /" />""";

    [TestMethod]
    [DataRow(RegistryServer.Password, "")]
    [DataRow("wrong-passw0rd-4711", "CST5003")]
    public async Task A_registrys_password_is_in_no_log_store_or_result(string password, string code)
    {
        await using var registry = await RegistryServer.StartWithPasswordAsync(context.CancellationToken);
        using var project = await CreateAsync(Stage);
        var basic = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{RegistryServer.User}:{password}"));
        var auths = new Dictionary<string, object>(StringComparer.Ordinal) { [registry.Host] = new { auth = basic } };
        using var login = new TempFolder();
        login.Write("config.json", JsonSerializer.Serialize(new { auths }));

        var published = await project.DotnetAsync(
            new Dictionary<string, string>(StringComparer.Ordinal) { ["DOCKER_CONFIG"] = login.Path },
            "publish", "-v:diag", "-bl:all.binlog", $"-p:ContainerRegistry={registry.Host}", "-p:ContainerRepository=acme/hello");

        _ = code.Length == 0 ? published.ShouldSucceed() : published.ShouldFail();
        Assert.AreSequenceEqual(code.Length == 0 ? [] : [code], published.Diagnostics.Select(line => line.Split(' ')[^1]).ToArray());
        foreach (var secret in new[] { basic, password })
        {
            Assert.DoesNotContain(secret, published.All);
            Assert.AreEqual("", await TextSearch.FilesWithAsync(secret, [project.Folder, project.Store]));
        }

        Assert.Contains(
            "all.binlog", await TextSearch.FilesWithAsync(registry.Host, [project.Folder]), "The search finds nothing in a log.");
    }

    [TestMethod]
    public async Task All_destinations_of_one_publish_get_one_digest()
    {
        await using var first = await RegistryServer.StartAsync(context.CancellationToken);
        await using var second = await RegistryServer.StartAsync(context.CancellationToken);
        using var project = await CreateAsync($"""
            {Stage}
            <ContainerStageDestination Include="{second.Host}/other/hello;{second.Host}/other/hello:9" />
            <ContainerStageDestination Include="oci-layout:out/layout;oci-archive:out/oci.tar;docker-archive:out/docker.tar" />
            <ContainerStageDestination Include="local:out/files;tar:out/files.tar" />
            """);

        var published =
            (await project.DotnetAsync(
                "publish", $"-p:ContainerRegistry={first.Host}", "-p:ContainerRepository=hello", "-p:ContainerImageTags=\"1;2\""))
                .ShouldSucceed();

        var digest = published.ResultLines[0].Split('@')[1].Split(' ')[0];
        foreach (var image in new[]
        {
            $"{first.Host}/hello:1",
            $"{first.Host}/hello:2",
            $"{second.Host}/other/hello:1",
            $"{second.Host}/other/hello:2",
            $"{second.Host}/other/hello:9",
        })
        {
            Assert.AreEqual(digest, await DigestAsync($"docker://{image}"), image);
        }

        Assert.AreEqual(digest, await DigestAsync($"oci:{project.Full("out/layout")}:1"));
        Assert.AreEqual(digest, await DigestAsync($"oci-archive:{project.Full("out/oci.tar")}:1"));
        var configuration =
            await RealTool.RunAsync("skopeo", "inspect", "--config", "--raw", $"docker://{first.Host}/hello:1", "--tls-verify=false");
        Assert.AreEqual(
            configuration,
            await RealTool.RunAsync("skopeo", "inspect", "--config", "--raw", $"docker-archive:{project.Full("out/docker.tar")}"));
        Assert.AreEqual("hello", project.Read("out/files/hello.txt"));
        Assert.AreEqual("hello", await RealTool.RunAsync("tar", "-xOf", project.Full("out/files.tar"), "hello.txt"));
    }

    [TestMethod]
    [DataRow("none", "application/vnd.oci.image.layer.v1.tar")]
    [DataRow("gzip:9", "application/vnd.oci.image.layer.v1.tar+gzip")]
    [DataRow("zstd:19", "application/vnd.oci.image.layer.v1.tar+zstd")]
    public async Task Layers_are_compressed_as_the_project_says_and_annotations_stand_where_they_belong(
        string compression, string mediaType)
    {
        using var project = await CreateAsync($"""
            {Stage}
            <ContainerStageDestination Include="oci-layout:layout" />
            <ContainerAnnotation Include="org.example.manifest" Value="here" />
            <ContainerAnnotation Include="org.example.entry" Value="there" Scope="ManifestDescriptor" />
            """);

        (await project.DotnetAsync(
            "publish", "-p:ContainerRepository=hello", "-p:ContainerImageTag=1", $"-p:ContainerStagesCompression={compression}"))
            .ShouldSucceed();

        using var manifest = JsonDocument.Parse(await RealTool.RunAsync("skopeo", "inspect", "--raw", $"oci:{project.Full("layout")}:1"));
        Assert.AreEqual(mediaType, manifest.RootElement.GetProperty("layers")[0].GetProperty("mediaType").GetString());
        Assert.AreEqual("""{"org.example.manifest":"here"}""", manifest.RootElement.GetProperty("annotations").GetRawText());
        using var index = JsonDocument.Parse(project.Read("layout/index.json"));
        var entry = index.RootElement.GetProperty("manifests")[0].GetProperty("annotations");
        Assert.AreEqual("there", entry.GetProperty("org.example.entry").GetString());
        Assert.IsFalse(entry.TryGetProperty("org.example.manifest", out _));
        await RealTool.RunAsync("skopeo", "copy", "-q", $"oci:{project.Full("layout")}:1", $"dir:{project.Full("copied")}");
    }

    [TestMethod]
    public async Task An_annotation_of_the_index_stands_in_the_index_of_several_platforms()
    {
        using var project = await CreateAsync($"""
            {Stage}
            <ContainerStageDestination Include="oci-layout:layout" />
            <ContainerAnnotation Include="org.example.index" Value="above" Scope="Index" />
            """);

        (await project.DotnetAsync(
            "publish",
            "-p:ContainerRepository=hello",
            "-p:ContainerImageTag=1",
            "-p:ContainerRuntimeIdentifiers=\"linux-x64;linux-arm64\""))
            .ShouldSucceed();

        using var index = JsonDocument.Parse(await RealTool.RunAsync("skopeo", "inspect", "--raw", $"oci:{project.Full("layout")}:1"));
        Assert.AreEqual(2, index.RootElement.GetProperty("manifests").GetArrayLength());
        Assert.AreEqual("""{"org.example.index":"above"}""", index.RootElement.GetProperty("annotations").GetRawText());
    }

    [TestMethod]
    public async Task A_base_image_comes_from_the_mirror_that_the_project_names()
    {
        await using var mirror = await RegistryServer.StartAsync(context.CancellationToken);
        using var original = await CreateAsync(Stage);
        (await original.DotnetAsync("publish", $"-p:ContainerRegistry={mirror.Host}", "-p:ContainerRepository=base/hello")).ShouldSucceed();
        using var project = await CreateAsync($"""
            <ContainerStage Include="all" From="registry.invalid/base/hello" Steps="COPY hello.txt /again.txt" />
            <ContainerStageMirror Include="registry.invalid" Location="{mirror.Host}" Insecure="true" />
            <ContainerStageDestination Include="local:files" />
            """);

        (await project.DotnetAsync("publish")).ShouldSucceed();

        Assert.AreEqual("hello", project.Read("files/hello.txt"));
        Assert.AreEqual("hello", project.Read("files/again.txt"));
    }

    [TestMethod]
    [DataRow("-p:LocalRegistry=Docker", "")]
    [DataRow("", """<ContainerStageDestination Include="docker-daemon:" />""")]
    public async Task An_image_goes_into_Dockers_store_and_is_a_base_from_there(string property, string item)
    {
        await using var docker = await DockerDaemon.StartAsync();
        using var project = await CreateAsync($"""<ContainerEnvironmentVariable Include="MADE" Value="here" />{Stage}{item}""");
        (await project.DotnetAsync(docker.Variables, [
            "publish",
            "-p:ContainerRepository=acme/hello",
            "-p:ContainerImageTag=1",
            .. property.Length > 0 ? [property] : Array.Empty<string>(),
        ]))
            .ShouldSucceed();

        using var result = JsonDocument.Parse(project.Read("obj/containerstages/result.json"));
        Assert.AreEqual(
            result.RootElement.GetProperty("configDigest").GetString(),
            await docker.DoAsync("image", "inspect", "--format", "{{.Id}}", "acme/hello:1"));

        using var second = await CreateAsync("""
            <ContainerStage Include="all" From="docker-daemon:acme/hello:1" Steps="COPY hello.txt /again.txt" />
            <ContainerStageDestination Include="local:files" />
            """);
        (await second.DotnetAsync(docker.Variables, "publish")).ShouldSucceed();
        Assert.AreEqual("hello", second.Read("files/hello.txt"));
        Assert.AreEqual("hello", second.Read("files/again.txt"));
    }

    [TestMethod]
    public async Task A_layout_that_one_project_writes_is_a_stage_of_the_next_and_an_artifact_may_come_from_it()
    {
        using var project = await CreateAsync($"""{Stage}<ContainerStageDestination Include="oci-layout:out/layout" />""");
        (await project.DotnetAsync("publish", "-p:ContainerRepository=hello", "-p:ContainerImageTag=1")).ShouldSucceed();
        project.Write("next/next.goproj", """
            <Project Sdk="ContainerStages.Sdk/0.1.0"><ItemGroup>
              <ContainerStage Include="again" From="oci-layout:../out/layout:1" Steps="COPY next.goproj /next.txt" />
              <ContainerStageArtifact Include="/next.txt" From="again" Destination="/next.txt" />
              <ContainerStageArtifact Include="/hello.txt" From="oci-layout:../out/layout:1" Destination="/direct.txt" />
              <ContainerStageDestination Include="local:files" />
            </ItemGroup></Project>
            """);

        (await project.DotnetAsync("publish", "next")).ShouldSucceed();

        Assert.AreEqual("hello", project.Read("next/files/direct.txt"));
        Assert.AreEqual(project.Read("next/next.goproj"), project.Read("next/files/next.txt"));
    }

    private async Task<UserProject> CreateAsync(string items)
    {
        var project = await UserProject.CreateAsync(context);
        project.Write("hello.goproj", $"""<Project Sdk="ContainerStages.Sdk/0.1.0"><ItemGroup>{items}</ItemGroup></Project>""");
        project.Write("hello.txt", "hello");
        return project;
    }

    private static async Task<string> DigestAsync(string image)
    {
        var manifest =
            await RealTool.RunAsync("skopeo", [
                "inspect",
                "--raw",
                .. image.StartsWith("docker:", StringComparison.Ordinal) ? ["--tls-verify=false"] : Array.Empty<string>(),
                image,
            ]);
        return "sha256:" + Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(manifest)));
    }
}
