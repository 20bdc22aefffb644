using System.Net.Sockets;
using ContainerStages.TestKit;

namespace ContainerStages.Cli.Tests;

/// <summary>A real BuildKit by its address, and all that can be wrong with one.</summary>
[TestClass]
public sealed class BuildKitTests
{
    private static BuildKitDaemon daemon = null!;

    [ClassInitialize]
    public static async Task Start(TestContext context) => daemon = await BuildKitDaemon.StartAsync();

    [ClassCleanup]
    public static async Task Stop() => await daemon.DisposeAsync();

    [TestMethod]
    public async Task What_is_wrong_with_buildx_or_an_address_is_one_error_with_the_next_step()
    {
        using var context = Hello.Context("FROM alpine\nRUN echo made > /made\n");
        using var foreign = Hello.Context("FROM scratch\nCOPY main.go /\nRUN [\"/main.go\"]\n");
        using var places = new TempFolder();
        places.Write("old/docker-buildx", "#!/bin/sh\necho github.com/docker/buildx v0.8.2 6224def4dd2c3d347eee19db595348c50d7cb491\n");
        File.SetUnixFileMode(places.Combine("old", "docker-buildx"), (UnixFileMode)0x1ED);
        places.Write("alone/.keep", "");
        File.CreateSymbolicLink(places.Combine("alone", "buildx"), BuildKitDaemon.Buildx);
        var plugin = Path.GetDirectoryName(daemon.Client)!;
        (string Path, string[] Options, string Context, string Code, string Next)[] cases =
        [
            ("/usr/sbin", ["--engine", "buildkit"], context.Path, "CST6411", "Install it"),
            ($"{places.Path}/old", ["--engine", "buildkit"], context.Path, "CST6412", "Install a newer one"),
            (plugin, ["--engine-address", "https://127.0.0.1:1"], context.Path, "CST6413", "Valid are tcp://HOST:PORT"),
            (plugin, ["--engine-address", "tcp://joe:hush-hush@127.0.0.1:1"], context.Path, "CST6414", "Take it out"),
            (plugin, ["--engine-address", "tcp://127.0.0.1:1"], context.Path, "CST6415", "See that it runs"),
            ($"{places.Path}/alone", ["--engine-address", "unix:///absent"], context.Path, "CST6415", "there is no such socket"),
            (plugin, ["--engine-address", $"unix://{daemon.DockerSocket}"], context.Path, "CST6415", "does not speak BuildKit's protocol"),
            (plugin, ["--engine-address", "nobodys"], context.Path, "CST6417", "docker buildx create --name nobodys"),
            (plugin, ["--engine", "buildkit"], context.Path, "CST6418", "docker buildx create --use"),
            (plugin, ["--engine-address", daemon.Address, "--platform", "linux/s390x"], foreign.Path, "CST6419", "linux/amd64"),
            (plugin, ["--engine", "docker", "--engine-address", "tcp://127.0.0.1:1"], context.Path, "CST6420", "name buildkit"),
            (plugin, ["--engine-address", daemon.Address, "--engine-certificates", "/"], context.Path, "CST6420", "tcp://HOST:PORT"),
        ];
        foreach (var (path, options, folder, code, next) in cases)
        {
            var variables = new Dictionary<string, string>
            {
                ["PATH"] = $"{path}:/usr/sbin:/sbin",
                ["DOCKER_HOST"] = "unix:///absent",
                ["DOCKER_CONFIG"] = places.Combine("config"),
            };
            using var store = new TempFolder();
            var failed = await new StagesProgram(store.Path).RunAsync(
                variables,
                ["build", "--progress", "plain", "-t", "failed", .. options, folder]);
            Assert.AreEqual(1, failed.ExitCode, code + failed.Error);
            Assert.Contains($"error {code}: ", failed.Error);
            Assert.Contains(next, failed.Error, code);
            Assert.HasCount(2, failed.Error.Split("error CST"), failed.Error);
            Assert.DoesNotContain("hush-hush", failed.Error + failed.Output);
            Assert.AreEqual("", await TextSearch.FilesWithAsync("hush-hush", [store.Path]));
        }
    }

    [TestMethod]
    public async Task A_socket_that_the_user_may_not_open_is_one_error()
    {
        using var context = Hello.Context("FROM alpine\nRUN echo made > /made\n");
        using var places = new TempFolder();
        File.SetUnixFileMode(places.Path, (UnixFileMode)0x3FF);
        File.CreateSymbolicLink(places.Combine("buildx"), BuildKitDaemon.Buildx);
        using var closed = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        closed.Bind(new UnixDomainSocketEndPoint(places.Combine("closed")));
        closed.Listen();
        File.SetUnixFileMode(places.Combine("closed"), (UnixFileMode)0x180);

        var failed = await new StagesProgram(places.Combine("store"), Account.OrdinaryUser).RunAsync(
            new Dictionary<string, string> { ["PATH"] = $"{places.Path}:{Environment.GetEnvironmentVariable("PATH")}" },
            "build", "--progress", "plain", "-t", "failed", "--engine-address", $"unix://{places.Combine("closed")}", context.Path);

        Assert.AreEqual(1, failed.ExitCode, failed.Error);
        Assert.Contains("error CST6402: This user may not talk to the engine 'buildkit': ", failed.Error);
        Assert.HasCount(2, failed.Error.Split("error CST"), failed.Error);
    }

    [TestMethod]
    public async Task A_builder_of_the_user_is_found_by_its_name_or_as_the_current_one_and_stays()
    {
        using var context = Hello.Context("""
            FROM alpine AS one
            RUN ulimit -n > /made && grep shm /proc/mounts | grep -o 'size=[0-9]*k' >> /made
            RUN --network=none ls /sys/class/net >> /made
            FROM alpine
            COPY --from=one /made /
            """);
        string[] limits = ["--ulimit", "nofile=512:1024", "--shm-size", "32m"];
        var expected = await Hello.Program.BuildAsync(context.Path, limits);
        using var places = new TempFolder();
        var variables = new Dictionary<string, string>(Variables(places)) { ["BUILDX_CONFIG"] = places.Combine("config") };
        await CreateAsync("create", "--name", "mine", "--driver", "remote", "--use", daemon.Address);
        foreach (var options in (string[][])[["--engine-address", "mine"], ["--engine", "buildkit"]])
        {
            using var store = new TempFolder();
            var built = await new StagesProgram(store.Path).RunAsync(
                variables,
                ["build", "--progress", "plain", "-t", "named", "--allow", "network.host", .. limits, .. options, context.Path]);
            Assert.AreEqual(0, built.ExitCode, built.Error);
            Assert.AreEqual(expected.Digest, built.Digest, options[0]);
        }

        Assert.Contains("mine", await CreateAsync("inspect"));
        Assert.IsEmpty(Directory.GetDirectories(places.Path, "stages-buildx-*"));

        async Task<string> CreateAsync(params string[] arguments) =>
            await RealTool.RunAsync("env", [$"BUILDX_CONFIG={places.Combine("config")}", BuildKitDaemon.Buildx, .. arguments]);
    }

    [TestMethod]
    public async Task Where_no_command_may_run_and_no_other_engine_is_there_buildkit_runs_it()
    {
        using var context = Hello.Context("FROM alpine AS one\nRUN echo made > /made\nFROM alpine\nCOPY --from=one /made /\n");
        var expected = await Hello.Program.BuildAsync(context.Path);
        using var store = new TempFolder();
        var built = await new StagesProgram(store.Path, Account.RootWithoutCapabilities).RunAsync(
            new Dictionary<string, string> { ["PATH"] = $"{Path.GetDirectoryName(daemon.Client)}:/usr/sbin:/sbin" },
            [
                "build", "--progress", "plain", "-t", "auto", "--allow", "network.host",
                "--engine", "auto", "--engine-address", daemon.Address, context.Path,
            ]);
        Assert.AreEqual(0, built.ExitCode, built.Error);
        Assert.AreEqual(expected.Digest, built.Digest);
        Assert.Contains("engine buildkit (buildx ", built.Error);
        Assert.Contains("runs the commands, because the embedded one cannot: ", built.Error);
    }

    [TestMethod]
    public async Task A_daemon_with_TLS_is_reached_with_the_right_certificates_alone()
    {
        using var context = Hello.Context(
            "FROM alpine AS one\nCOPY main.go /\nRUN cat main.go > /made\nFROM alpine\nCOPY --from=one /made /\n");
        var expected = await Hello.Program.BuildAsync(context.Path);
        using var authority = new PrivateAuthority();
        using var stranger = new PrivateAuthority();
        using var places = new TempFolder();
        Write("right", authority, authority);
        Write("unknown-server", stranger, authority);
        Write("unknown-client", authority, stranger);
        Write("anothers-key", authority, authority);
        places.Write("anothers-key/key.pem", stranger.Issue("client").KeyPem);
        places.Write("lacking/ca.pem", authority.CertificatePem);
        await using var bridge = BuildKitBridge.WithTls(daemon.DockerSocket, authority);

        foreach (var certificates in (string?[])["unknown-server", "unknown-client", "anothers-key", "lacking", null])
        {
            var failed = await BuildAsync(certificates);
            Assert.AreEqual(1, failed.ExitCode, certificates + failed.Error);
            Assert.Contains("error CST6416: ", failed.Error, certificates ?? "none");
        }

        var built = await BuildAsync("right");
        Assert.AreEqual(0, built.ExitCode, built.Error);
        Assert.AreEqual(expected.Digest, built.Digest);
        Assert.IsEmpty(Directory.GetDirectories(places.Path, "stages-buildx-*"), "The builder goes with the build.");

        void Write(string folder, PrivateAuthority server, PrivateAuthority own)
        {
            var (certificate, key) = own.Issue("client");
            places.Write($"{folder}/ca.pem", server.CertificatePem);
            places.Write($"{folder}/cert.pem", certificate);
            places.Write($"{folder}/key.pem", key);
        }

        async Task<ProgramResult> BuildAsync(string? certificates)
        {
            string[] folder = certificates is null ? [] : ["--engine-certificates", places.Combine(certificates)];
            using var store = new TempFolder();
            return await new StagesProgram(store.Path).RunAsync(
                Variables(places),
                [
                    "build", "--progress", "plain", "-t", "secured", "--allow", "network.host",
                    "--engine-address", $"tcp://localhost:{bridge.Port}", .. folder, context.Path,
                ]);
        }
    }

    [TestMethod]
    public async Task Neither_a_cancelled_build_nor_a_daemon_that_goes_away_leaves_anything()
    {
        using var context = Hello.Context("FROM alpine AS one\nRUN echo begun; sleep 98\nFROM alpine\nCOPY --from=one /etc/passwd /\n");
        using var places = new TempFolder();
        using var store = new TempFolder();
        var program = new StagesProgram(store.Path);
        var address = places.Combine("buildkit");
        string[] build =
        [
            "build", "--progress", "plain", "-t", "ended", "--allow", "network.host", "--engine-address", $"unix://{address}", context.Path,
        ];
        await using (BuildKitBridge.OnSocket(address, daemon.DockerSocket))
        {
            using var cancelled = program.Start(Variables(places), build);
            await BeginAsync();
            await RealTool.RunAsync("kill", "-INT", $"{cancelled.Id}");
            Assert.AreEqual(130, (await StagesProgram.EndAsync(cancelled)).ExitCode);
            Assert.IsEmpty(await RunningProcesses.LeftAsync("^sleep 98"));
            Assert.IsEmpty(Directory.GetDirectories(places.Path, "stages-buildx-*"));
        }

        var bridge = BuildKitBridge.OnSocket(address, daemon.DockerSocket);
        using var lost = program.Start(Variables(places), build);
        await BeginAsync();
        await bridge.DisposeAsync();
        var failed = await StagesProgram.EndAsync(lost);
        Assert.AreEqual(1, failed.ExitCode, failed.Error);
        Assert.Contains("error CST6405: ", failed.Error);
        Assert.IsEmpty(await RunningProcesses.LeftAsync("^sleep 98"));

        var again = await program.RunAsync(Variables(places), build);
        Assert.Contains("error CST6415: ", again.Error);
        Assert.IsEmpty(Directory.GetDirectories(places.Path, "stages-buildx-*"));

        static async Task BeginAsync()
        {
            for (var attempt = 0; attempt < 300 && RunningProcesses.Find("^sleep 98").Count == 0; attempt++)
            {
                await Task.Delay(100);
            }
        }
    }

    private static Dictionary<string, string> Variables(TempFolder temporary) => new()
    {
        ["PATH"] = $"{Path.GetDirectoryName(daemon.Client)}:{Environment.GetEnvironmentVariable("PATH")}",
        ["TMPDIR"] = temporary.Path,
    };
}
