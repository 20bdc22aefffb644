using ContainerStages.TestKit;

namespace ContainerStages.Cli.Tests;

/// <summary>Podman's own store: images go in with id and digest, and come out as bases and build contexts.</summary>
[TestClass]
public sealed class PodmanStoreTests
{
    [TestMethod]
    public async Task A_loaded_image_has_our_id_and_digest_and_what_is_there_already_is_not_loaded_again()
    {
        await using var podman = await PodmanStorage.CreateAsync();
        using var context = Hello.Context("FROM scratch\nCOPY main.go /\nENV MADE=here\n");
        var name = NewName();

        var built = await BuildAsync(
            podman, context, ["-t", $"{name}:1", "-t", $"{name}:2", "--iidfile", context.Combine("id"), "-o", "type=podman"]);

        var id = (await File.ReadAllTextAsync(context.Combine("id"))).Trim();
        foreach (var tag in new[] { "1", "2" })
        {
            Assert.AreEqual(
                $"{id} {built.Digest}",
                "sha256:" + await podman.DoAsync("image", "inspect", "--format", "{{.Id}} {{.Digest}}", $"docker.io/library/{name}:{tag}"));
        }

        StringAssert.Contains(
            (await BuildAsync(podman, context, ["-t", $"{name}:1", "-o", "type=podman", "--progress", "json"])).Output,
            "\"upToDate\":true");
    }

    [TestMethod]
    [DataRow("FROM podman:{0}:1\nCOPY --from=podman:{0}:1 /main.go /copy.go\n")]
    [DataRow("FROM containers-storage:{0}:1\nCOPY --from=containers-storage:{0}:1 /main.go /copy.go\n")]
    [DataRow("FROM base\nCOPY --from=base /main.go /copy.go\n", "--build-context", "base=podman:{0}:1")]
    public async Task An_image_of_podmans_store_is_a_base(string dockerfile, params string[] arguments)
    {
        await using var podman = await PodmanStorage.CreateAsync();
        using var made = Hello.Context("");
        var name = "docker.io/library/" + NewName();
        await RealTool.RunAsync("tar", "-cf", made.Combine("files.tar"), "-C", made.Path, "main.go");
        await podman.DoAsync("import", "-q", "--change", "ENV MADE=by-podman", made.Combine("files.tar"), $"{name}:1");
        using var context = Hello.Context(dockerfile.Replace("{0}", name, StringComparison.Ordinal));

        string[] options = [.. arguments.Select(argument => argument.Replace("{0}", name, StringComparison.Ordinal))];
        await BuildAsync(podman, context, [.. options, "-t", $"{name}:2", "-o", "type=podman", "-o", context.Combine("files")]);

        Assert.AreEqual(Hello.Main, await File.ReadAllTextAsync(context.Combine("files", "copy.go")));
        Assert.Contains("MADE=by-podman", await podman.DoAsync("image", "inspect", "--format", "{{.Config.Env}}", $"{name}:2"));
        const string Layer = "{{index .RootFS.Layers 0}}";
        Assert.AreEqual(
            await podman.DoAsync("image", "inspect", "--format", Layer, $"{name}:1"),
            await podman.DoAsync("image", "inspect", "--format", Layer, $"{name}:2"));
    }

    [TestMethod]
    [DataRow("oci.tar", "oci-archive", "oci-archive:{0}")]
    [DataRow("oci.tar", "docker-archive", "docker-archive:{0}")]
    [DataRow("docker.tar", "oci-archive", "oci-archive:{0}")]
    [DataRow("docker.tar", "docker-archive", "docker-archive:{0}")]
    [DataRow("docker.tar", "oci-dir", "oci-layout:{0}")]
    public async Task What_podman_loads_from_us_and_saves_is_a_base(string archive, string format, string source)
    {
        await using var podman = await PodmanStorage.CreateAsync();
        using var context = Hello.Context("FROM scratch\nCOPY main.go /\n");
        var name = "docker.io/library/" + NewName();
        await BuildAsync(podman, context, [
            "-t",
            $"{name}:1",
            "-o",
            $"type=oci,dest={context.Combine("oci.tar")}",
            "-o",
            $"type=docker,dest={context.Combine("docker.tar")}",
        ]);
        await podman.DoAsync("load", "-q", "-i", context.Combine(archive));
        await podman.DoAsync("save", "-q", "--format", format, "-o", context.Combine("saved"), $"{name}:1");

        context.Write("Dockerfile", "FROM base\nCOPY --from=base /main.go /copy.go\n");
        await BuildAsync(podman, context, [
            "--build-context",
            $"base={source.Replace("{0}", context.Combine("saved"), StringComparison.Ordinal)}",
            "-o",
            context.Combine("files"),
        ]);

        Assert.AreEqual(Hello.Main, await File.ReadAllTextAsync(context.Combine("files", "main.go")));
        Assert.AreEqual(Hello.Main, await File.ReadAllTextAsync(context.Combine("files", "copy.go")));
    }

    [TestMethod]
    public async Task Podman_pulls_what_we_push_and_we_pull_what_podman_pushes()
    {
        await using var registry = await RegistryServer.StartAsync(CancellationToken.None);
        await using var podman = await PodmanStorage.CreateAsync();
        using var context = Hello.Context("FROM scratch\nCOPY main.go /\n");
        var image = $"{registry.Host}/acme/pod";
        var built = await BuildAsync(podman, context, ["-t", $"{image}:1", "--push"]);

        await podman.DoAsync("pull", "-q", "--tls-verify=false", $"{image}:1");
        Assert.AreEqual(built.Digest, await podman.DoAsync("image", "inspect", "--format", "{{.Digest}}", $"{image}:1"));
        await podman.DoAsync("push", "-q", "--tls-verify=false", $"{image}:1", $"{image}:2");

        context.Write("Dockerfile", $"FROM {image}:2\nCOPY --from={image}:2 /main.go /copy.go\n");
        await BuildAsync(podman, context, ["-t", $"{image}:3", "-o", context.Combine("files")]);
        Assert.AreEqual(Hello.Main, await File.ReadAllTextAsync(context.Combine("files", "copy.go")));
    }

    [TestMethod]
    public async Task An_image_that_podman_does_not_have_is_told()
    {
        await using var podman = await PodmanStorage.CreateAsync();
        using var context = Hello.Context("FROM podman:docker.io/library/nothing-of-this-name:1\n");
        var failed = await Hello.Program.RunAsync(podman.Variables, "build", "--progress", "plain", context.Path);
        Assert.AreEqual(1, failed.ExitCode);
        StringAssert.Contains(failed.Error, "CST6201");
    }

    private static async Task<ProgramResult> BuildAsync(PodmanStorage podman, TempFolder context, string[] arguments)
    {
        var built = await Hello.Program.RunAsync(podman.Variables, ["build", "--progress", "plain", .. arguments, context.Path]);
        Assert.AreEqual(0, built.ExitCode, built.Error);
        return built;
    }

    private static string NewName() => $"peer-{Guid.NewGuid():N}";
}
