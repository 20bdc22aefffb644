using ContainerStages.TestKit;

namespace ContainerStages.Cli.Tests;

/// <summary>Docker's own store: images go in with their id, and come out as bases and build contexts.</summary>
[TestClass]
public sealed class DockerStoreTests
{
    private static readonly Lazy<Task<DockerDaemon>> Daemon = new(() => DockerDaemon.StartAsync());

    [ClassCleanup]
    public static async Task Stop()
    {
        if (Daemon.IsValueCreated)
        {
            await (await Daemon.Value).DisposeAsync();
        }
    }

    [TestMethod]
    [DataRow("--load")]
    [DataRow("-o", "type=docker")]
    public async Task A_loaded_image_has_our_id_and_what_is_there_already_is_not_loaded_again(params string[] load)
    {
        var docker = await Daemon.Value;
        using var context = Hello.Context("FROM alpine:latest\nRUN echo made > /file\nCOPY main.go /\nCMD [\"cat\", \"/file\"]\n");
        var name = NewName();

        await BuildAsync(docker, context, ["-t", $"{name}:1", "-t", $"{name}:2", "--iidfile", context.Combine("id"), .. load]);

        var id = await File.ReadAllTextAsync(context.Combine("id"));
        Assert.AreEqual(id.Trim(), await docker.DoAsync("image", "inspect", "--format", "{{.Id}}", $"{name}:1"));
        Assert.AreEqual(id.Trim(), await docker.DoAsync("image", "inspect", "--format", "{{.Id}}", $"{name}:2"));
        Assert.AreEqual("made", await docker.DoAsync("run", "--rm", "--network", "none", $"{name}:2"));
        StringAssert.Contains(
            (await BuildAsync(docker, context, ["-t", $"{name}:1", .. load, "--progress", "json"])).Output, "\"upToDate\":true");
    }

    [TestMethod]
    [DataRow("FROM docker-daemon:{0}:1\nCOPY --from=docker-daemon:{0}:1 /main.go /copy.go\n")]
    [DataRow("FROM base\nCOPY --from=base /main.go /copy.go\n", "--build-context", "base=docker-daemon:{0}:1")]
    public async Task An_image_of_Dockers_store_is_a_base(string dockerfile, params string[] arguments)
    {
        var docker = await Daemon.Value;
        var name = NewName();
        using var made = Hello.Context("FROM scratch\nCOPY main.go /\nENV MADE=by-docker\n");
        await docker.DoAsync("build", "-q", "--network", "host", "-t", $"{name}:1", made.Path);
        using var context = Hello.Context(dockerfile.Replace("{0}", name, StringComparison.Ordinal));

        string[] options = [.. arguments.Select(argument => argument.Replace("{0}", name, StringComparison.Ordinal))];
        await BuildAsync(docker, context, [.. options, "-t", $"{name}:2", "--load", "-o", context.Combine("files")]);

        Assert.AreEqual(Hello.Main, await File.ReadAllTextAsync(context.Combine("files", "copy.go")));
        Assert.Contains("MADE=by-docker", await docker.DoAsync("image", "inspect", "--format", "{{.Config.Env}}", $"{name}:2"));
        Assert.AreEqual(
            await docker.DoAsync("image", "inspect", "--format", "{{index .RootFS.Layers 0}}", $"{name}:1"),
            await docker.DoAsync("image", "inspect", "--format", "{{index .RootFS.Layers 0}}", $"{name}:2"));
    }

    [TestMethod]
    public async Task What_Docker_loads_from_us_and_saves_is_a_base()
    {
        var docker = await Daemon.Value;
        var name = NewName();
        using var context = Hello.Context("FROM scratch\nCOPY main.go /\n");
        await BuildAsync(
            docker,
            context,
            ["-t", $"{name}:1", "-o", $"type=docker,dest={context.Combine("docker.tar")}", "--iidfile", context.Combine("id")]);
        await docker.DoAsync("load", "-q", "-i", context.Combine("docker.tar"));
        Assert.AreEqual(
            (await File.ReadAllTextAsync(context.Combine("id"))).Trim(),
            await docker.DoAsync("image", "inspect", "--format", "{{.Id}}", $"{name}:1"));
        await docker.DoAsync("save", "-o", context.Combine("saved.tar"), $"{name}:1");

        context.Write("Dockerfile", "FROM base\nCOPY --from=base /main.go /copy.go\n");
        await BuildAsync(
            docker, context, ["--build-context", $"base=docker-archive:{context.Combine("saved.tar")}", "-o", context.Combine("files")]);

        Assert.AreEqual(Hello.Main, await File.ReadAllTextAsync(context.Combine("files", "main.go")));
        Assert.AreEqual(Hello.Main, await File.ReadAllTextAsync(context.Combine("files", "copy.go")));
    }

    [TestMethod]
    public async Task A_saved_image_with_the_empty_layer_several_times_is_a_base()
    {
        var docker = await Daemon.Value;
        var name = NewName();
        using var context = Hello.Context("FROM alpine:latest\nWORKDIR /etc\nRUN true\nWORKDIR /etc\nRUN true\nCOPY main.go /\n");
        await docker.DoAsync("build", "-q", "--network", "host", "-t", $"{name}:1", context.Path);
        await docker.DoAsync("save", "-o", context.Combine("saved.tar"), $"{name}:1");
        var layers = (await docker.DoAsync("image", "inspect", "--format", "{{join .RootFS.Layers \" \"}}", $"{name}:1")).Split(' ');
        Assert.IsGreaterThan(layers.Distinct().Count(), layers.Length);

        context.Write("Dockerfile", "FROM base\nRUN cp /main.go /copy.go\n");
        await BuildAsync(docker, context, [
            "--build-context",
            $"base=docker-archive:{context.Combine("saved.tar")}",
            "-t",
            $"{name}:2",
            "--load",
            "-o",
            context.Combine("files"),
        ]);

        Assert.AreEqual(Hello.Main, await File.ReadAllTextAsync(context.Combine("files", "copy.go")));
        Assert.StartsWith(
            string.Join(' ', layers), await docker.DoAsync("image", "inspect", "--format", "{{join .RootFS.Layers \" \"}}", $"{name}:2"));
    }

    [TestMethod]
    public async Task Docker_pulls_what_we_push_and_we_pull_what_Docker_pushes()
    {
        var docker = await Daemon.Value;
        await using var registry = await RegistryServer.StartAsync(CancellationToken.None);
        using var context = Hello.Context("FROM scratch\nCOPY main.go /\n");
        var image = $"{registry.Host}/acme/app";
        var built = await BuildAsync(docker, context, ["-t", $"{image}:1", "--push"]);

        await docker.DoAsync("pull", "-q", $"{image}:1");
        Assert.AreEqual(
            $"{image}@{built.Digest}", await docker.DoAsync("image", "inspect", "--format", "{{index .RepoDigests 0}}", $"{image}:1"));
        await docker.DoAsync("tag", $"{image}:1", $"{image}:2");
        await docker.DoAsync("push", "-q", $"{image}:2");

        context.Write("Dockerfile", $"FROM {image}:2\nCOPY --from={image}:2 /main.go /copy.go\n");
        await BuildAsync(docker, context, ["-t", $"{image}:3", "-o", context.Combine("files")]);
        Assert.AreEqual(Hello.Main, await File.ReadAllTextAsync(context.Combine("files", "copy.go")));
    }

    [TestMethod]
    [DataRow(null, "CST6201")]
    [DataRow("unix:///nowhere/docker.sock", "CST6211")]
    [DataRow("ssh://somewhere", "CST6213")]
    public async Task An_image_or_daemon_that_is_not_there_is_told(string? host, string code)
    {
        var docker = await Daemon.Value;
        using var context = Hello.Context("FROM docker-daemon:nothing-of-this-name:1\n");
        var variables = new Dictionary<string, string>(docker.Variables);
        if (host is not null)
        {
            variables["DOCKER_HOST"] = host;
        }

        var failed = await Hello.Program.RunAsync(variables, "build", "--progress", "plain", context.Path);

        Assert.AreEqual(1, failed.ExitCode);
        StringAssert.Contains(failed.Error, code);
    }

    private static async Task<ProgramResult> BuildAsync(DockerDaemon docker, TempFolder context, string[] arguments)
    {
        var built = await Hello.Program.RunAsync(docker.Variables, ["build", "--progress", "plain", .. arguments, context.Path]);
        Assert.AreEqual(0, built.ExitCode, built.Error);
        return built;
    }

    private static string NewName() => $"peer-{Guid.NewGuid():N}";
}
