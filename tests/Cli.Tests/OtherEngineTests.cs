using System.Net.Sockets;
using System.Text;
using ContainerStages.Contracts;
using ContainerStages.TestKit;

namespace ContainerStages.Cli.Tests;

/// <summary>
/// The real docker, podman and BuildKit run the commands of a build, and the image is the one that the embedded engine makes.
/// </summary>
[TestClass]
public sealed class OtherEngineTests
{
    /// <summary>Every kind of mount, links, owners and modes.</summary>
    public const string Mounts = """
        FROM alpine AS base
        ARG VERSION="1.2 'x' $y"
        RUN mkdir /work && echo "$VERSION" > /work/version && chown 1000:1000 /work/version
        FROM base AS builder
        WORKDIR /src
        COPY . .
        RUN --mount=type=cache,target=/cache --mount=type=secret,id=file --mount=type=secret,id=variable,env=TOKEN \
            --mount=type=ssh --mount=type=bind,source=main.go,target=/bound.go --mount=type=tmpfs,target=/scratch <<EOF
        set -e
        test "$(cat /run/secrets/file)" = "$TOKEN"
        test -S "$SSH_AUTH_SOCK"
        cat /run/secrets/file
        touch /cache/kept /scratch/gone
        mkdir -p /out/bin /out/lib
        cat /bound.go main.go > /out/bin/app
        chmod 755 /out/bin/app
        ln -s app /out/bin/link
        ln /out/bin/app /out/bin/hard
        echo one > /out/lib/one.so; echo two > /out/lib/two.so; chown -R 5:6 /out/lib; chmod 2750 /out/lib
        EOF
        FROM alpine AS assets
        COPY --from=builder /out/lib/*.so /assets/
        FROM alpine
        COPY --from=builder /out /app
        COPY --from=assets /assets /assets
        COPY --from=base --chown=7:8 /work/version /
        RUN --mount=type=bind,from=builder,source=/out,target=/b \
            cp /b/bin/app /copied && rm -rf /srv /app/lib/one.so && echo joe:x:1001:1001::/var/joe:/bin/sh >> /etc/passwd
        USER joe
        WORKDIR /var/joe/deep
        COPY --from=builder --chmod=600 /out/bin/ ./
        RUN echo made > mine
        ENTRYPOINT ["/app/bin/app"]
        """;

    private static readonly Dictionary<string, Lazy<Task<RealEngine>>> Engines = new(StringComparer.Ordinal)
    {
        ["docker"] = new(() => RealEngine.StartAsync("docker")),
        ["podman"] = new(() => RealEngine.StartAsync("podman")),
        ["buildkit"] = new(() => RealEngine.StartAsync("buildkit")),
    };

    [ClassCleanup]
    public static async Task Stop()
    {
        foreach (var engine in Engines.Values.Where(engine => engine.IsValueCreated))
        {
            await (await engine.Value).DisposeAsync();
        }
    }

    [TestMethod]
    public async Task An_image_has_one_digest_whoever_ran_its_commands_and_nobody_is_asked_again()
    {
        using var context = Hello.Context(Mounts);
        var secret = $"value-{Guid.NewGuid():N}";
        using var secrets = new TempFolder();
        secrets.Write("file", secret);
        await RealTool.RunAsync("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", secrets.Combine("key"));
        string[] build =
        [
            "build", "--progress", "plain", "-t", "mounts", "--secret", $"id=file,src={secrets.Combine("file")}",
            "--secret", "id=variable,env=TOKEN_OF_TEST", "--ssh", $"default={secrets.Combine("key")}", context.Path,
        ];
        var expected = await Hello.Program.RunAsync(new Dictionary<string, string> { ["TOKEN_OF_TEST"] = secret }, build);
        Assert.AreEqual(0, expected.ExitCode, expected.Error);

        foreach (var name in Engines.Keys)
        {
            using var engine = await WatchAsync(name);
            using var store = new TempFolder();
            using var shared = new TempFolder();
            var program = new StagesProgram(store.Path);
            var variables = new Dictionary<string, string>(engine.Variables) { ["TOKEN_OF_TEST"] = secret };

            var built = await program.RunAsync(variables, [.. build, .. engine.Options, "--cache-to", $"type=local,dest={shared.Path}"]);

            Assert.AreEqual(0, built.ExitCode, name + built.Error);
            Assert.AreEqual(expected.Digest, built.Digest, name);
            var calls = engine.TakeCalls();
            Assert.Contains($"{engine.Build} ", calls);
            Assert.DoesNotContain(secret, calls + built.Output + built.Error, name);
            Assert.AreEqual("", await TextSearch.FilesWithAsync(secret, [store.Path]), name);

            var again = await program.RunAsync(variables, [.. build, .. engine.Options]);
            Assert.AreEqual(expected.Digest, again.Digest, name);
            Assert.AreEqual("", engine.TakeCalls(), name);
            Assert.DoesNotContain(" done ", again.Error, name);

            using var machine = new TempFolder();
            var elsewhere = await new StagesProgram(machine.Path).RunAsync(
                variables,
                [.. build, .. engine.Options, "--cache-from", shared.Path]);
            Assert.AreEqual(expected.Digest, elsewhere.Digest, name + elsewhere.Error);
            Assert.AreEqual("", engine.TakeCalls(), name + elsewhere.Error);
        }
    }

    [TestMethod]
    public async Task A_module_by_convention_has_one_digest_whoever_compiled_it()
    {
        using var folder = new TempFolder();
        var expected = await ExecuteAsync("embedded", new Dictionary<string, string>());

        using var docker = await WatchAsync("docker");
        Assert.AreEqual(expected, await ExecuteAsync("docker", docker.Variables));
        Assert.Contains("docker build ", docker.TakeCalls());
        Assert.AreEqual(expected, await ExecuteAsync("docker", docker.Variables));
        Assert.AreEqual("", docker.TakeCalls());

        Task<string> ExecuteAsync(string engine, IReadOnlyDictionary<string, string> variables) => Hello.BuildModuleAsync(
            folder, new BuildPolicy { Store = folder.Combine($"store-{engine}"), Engine = engine }, Account.Own, variables);
    }

    [TestMethod]
    public async Task A_failed_command_is_told_as_the_embedded_engine_tells_it()
    {
        using var context = Hello.Context(
            "FROM alpine AS one\nCOPY main.go /\nRUN echo before >&2; ls /absent; exit 3\nFROM alpine\nCOPY --from=one /main.go /\n");
        var expected = ErrorOf(await Hello.Program.BuildAsync(context.Path));
        StringAssert.StartsWith(expected, $"{context.Combine("Dockerfile")}(3,1): error CST4209: ");
        foreach (var name in Engines.Keys)
        {
            using var store = new TempFolder();
            using var engine = await WatchAsync(name);
            var failed = await new StagesProgram(store.Path).RunAsync(
                engine.Variables,
                ["build", "--progress", "plain", .. engine.Options, context.Path]);
            Assert.AreEqual(1, failed.ExitCode, failed.Error);
            Assert.AreEqual(expected, ErrorOf(failed), name);
        }
    }

    [TestMethod]
    public async Task An_engine_that_is_not_there_or_not_to_be_asked_is_one_error()
    {
        using var context = Hello.Context("FROM alpine\nRUN echo made > /made\n");
        using var nothing = new TempFolder();
        File.SetUnixFileMode(nothing.Path, (UnixFileMode)0x3FF);
        using var docker = await WatchAsync("docker");
        var path = $"{nothing.Path}:/usr/sbin:/sbin";
        (string Engine, Account Account, Dictionary<string, string> Variables, string Code)[] cases =
        [
            ("docker", Account.Own, new() { ["PATH"] = path }, "CST6400"),
            ("podman", Account.Own, new() { ["PATH"] = path }, "CST6400"),
            ("docker", Account.Own, new(docker.Variables) { ["DOCKER_HOST"] = $"unix://{nothing.Path}/absent" }, "CST6401"),
            ("docker", Account.OrdinaryUser, new(docker.Variables), "CST6402"),
            ("docker", Account.Own, new(docker.Variables) { ["DOCKER_HOST"] = $"unix://{nothing.Path}/silent" }, "CST6401"),
        ];

        // Whoever connects is never answered.
        using var silent = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        silent.Bind(new UnixDomainSocketEndPoint(nothing.Combine("silent")));
        silent.Listen();
        foreach (var (engine, account, variables, code) in cases)
        {
            var failed = await new StagesProgram(nothing.Combine(code + engine), account).RunAsync(
                variables,
                "build", "--progress", "plain", "--engine", engine, context.Path);
            Assert.AreEqual(1, failed.ExitCode, code + failed.Error);
            StringAssert.StartsWith(ErrorOf(failed), $"error {code}: ", failed.Error);
            Assert.HasCount(2, ErrorOf(failed).Split("error CST"), failed.Error);
        }

        var lacking = await new StagesProgram(nothing.Combine("lacking")).RunAsync(
            docker.Variables,
            "build", "--progress", "plain", "--engine", "docker", "--no-new-privileges", context.Path);
        StringAssert.StartsWith(ErrorOf(lacking), "error CST6404: ", lacking.Error);

        var unknown = await Hello.Program.RunAsync("build", "--engine", "rkt", context.Path);
        Assert.Contains("valid are auto, embedded, docker, podman", unknown.Error);
    }

    [TestMethod]
    public async Task Where_no_command_may_run_docker_runs_it_and_the_log_says_why()
    {
        using var context = Hello.Context(
            "FROM alpine AS one\nCOPY main.go /\nRUN echo made > /made\n" +
            "FROM alpine\nCOPY --from=one --chown=5:6 /made /\nRUN echo more >> /made\n");
        var expected = await Hello.Program.BuildAsync(context.Path);
        using var docker = await WatchAsync("docker");
        var absent = new Dictionary<string, string>(docker.Variables) { ["DOCKER_HOST"] = "unix:///absent" };
        using var empty = Store();
        var refused = await BuildAsync(empty, Account.WithoutNamespaces, absent);
        StringAssert.StartsWith(ErrorOf(refused), "error CST4022: ");
        Assert.Contains("\n  Another engine could run the commands, but none works here: docker (CST6401), podman (CST64", refused.Error);

        // Whoever may ask the daemon.
        await RealTool.RunAsync("chmod", "666", docker.Variables["DOCKER_HOST"]["unix://".Length..]);
        await RealTool.RunAsync("chmod", "755", docker.Variables["DOCKER_CONFIG"]);
        foreach (var account in (Account[])[Account.WithoutNamespaces, Account.RootWithoutCapabilities])
        {
            using var store = Store();
            var built = await BuildAsync(store, account, docker.Variables);
            Assert.AreEqual(0, built.ExitCode, account + built.Error);
            Assert.AreEqual(expected.Digest, built.Digest, account.ToString());
            Assert.Contains("runs the commands, because the embedded one cannot: ", built.Error, account.ToString());

            var again = await BuildAsync(store, account, absent);
            Assert.AreEqual(0, again.ExitCode, account + again.Error);
            Assert.AreEqual(expected.Digest, again.Digest, account.ToString());
            Assert.DoesNotContain("runs the commands", again.Error);
        }

        static TempFolder Store()
        {
            var store = new TempFolder();
            File.SetUnixFileMode(store.Path, (UnixFileMode)0x3FF);
            return store;
        }

        Task<ProgramResult> BuildAsync(TempFolder store, Account account, IReadOnlyDictionary<string, string> variables) =>
            new StagesProgram(store.Combine("store"), account).RunAsync(
                variables,
                "build", "--progress", "plain", "-t", "auto", context.Path);
    }

    [TestMethod]
    public async Task Nobody_is_asked_where_the_embedded_engine_works()
    {
        using var context = Hello.Context($"FROM alpine\nRUN echo {Guid.NewGuid()} > /made\n");
        foreach (var name in Engines.Keys)
        {
            using var engine = await WatchAsync(name);
            var built = await Hello.Program.RunAsync(
                engine.Variables,
                "build", "--progress", "plain", "--no-cache", "-t", "auto", context.Path);
            Assert.AreEqual(0, built.ExitCode, built.Error);
            Assert.AreEqual("", engine.TakeCalls(), name);
        }
    }

    [TestMethod]
    public async Task A_daemon_that_ends_in_the_middle_is_one_error()
    {
        await using var own = await DockerDaemon.StartAsync();
        if (own.ProcessId is not { } daemon)
        {
            // The machine's own daemon stays.
            return;
        }

        using var context = Hello.Context("FROM alpine AS one\nRUN echo begun; sleep 97\nFROM alpine\nCOPY --from=one /etc/passwd /\n");
        using var store = new TempFolder();
        using var docker = new WatchedEngine(new RealEngine("docker", own.Client, own, own.Variables));
        var building = new StagesProgram(store.Path).RunAsync(
            docker.Variables,
            "build", "--progress", "plain", "--engine", "docker", "-t", "killed", context.Path);
        while (!building.IsCompleted && RunningProcesses.Find("^sleep 97").Count == 0)
        {
            await Task.Delay(50);
        }

        await RealTool.RunAsync("kill", $"{daemon}");
        var failed = await building;
        Assert.AreEqual(1, failed.ExitCode, failed.Error);
        StringAssert.StartsWith(ErrorOf(failed), "error CST6405: ", failed.Error);
    }

    private static async Task<WatchedEngine> WatchAsync(string name) => new(await Engines[name].Value);

    /// <summary>From the first error to the end.</summary>
    private static string ErrorOf(ProgramResult result)
    {
        var lines = result.Error.TrimEnd().Split('\n').ToList();
        return string.Join('\n', lines[lines.FindIndex(line => line.Contains("error CST", StringComparison.Ordinal))..]);
    }
}
