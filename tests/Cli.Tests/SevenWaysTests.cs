using ContainerStages.Contracts;
using ContainerStages.TestKit;

namespace ContainerStages.Cli.Tests;

/// <summary>One digest, whoever runs the commands: seven ways, and crun.</summary>
[TestClass]
public sealed class SevenWaysTests
{
    private static readonly TempFolder Places = new();
    private static RealEngine docker = null!;
    private static RealEngine podman = null!;
    private static BuildKitDaemon newer = null!;

    [ClassInitialize]
    public static async Task Start(TestContext context)
    {
        docker = await RealEngine.StartAsync("docker");
        podman = await RealEngine.StartAsync("podman");
        newer = await BuildKitDaemon.StartAsync();
        Places.Write("config/cli-plugins/.keep", "");
        File.CreateSymbolicLink(Places.Combine("config", "cli-plugins", "docker-buildx"), BuildKitDaemon.Buildx);
        string[] create = [BuildKitDaemon.Buildx, "create", "--name", "mine", "--driver", "remote", newer.Address];
        await RealTool.RunAsync("env", [$"BUILDX_CONFIG={Places.Combine("buildx")}", .. create]);
    }

    [ClassCleanup]
    public static async Task Stop()
    {
        await newer.DisposeAsync();
        await docker.DisposeAsync();
        await podman.DisposeAsync();
        Places.Dispose();
    }

    [TestMethod]
    public async Task A_Dockerfile_with_mounts_and_secrets_has_one_digest()
    {
        using var context = Hello.Context(OtherEngineTests.Mounts);
        using var stores = Stores();
        var secret = $"value-{Guid.NewGuid():N}";
        stores.Write("file", secret);
        await RealTool.RunAsync("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", stores.Combine("key"));
        // The ordinary user reads it too.
        File.SetUnixFileMode(stores.Combine("key"), (UnixFileMode)0x1A4);
        var digests = new List<string>();
        foreach (var way in Ways())
        {
            var program = new StagesProgram(stores.Combine(way.Name), way.Account);
            var built = await program.RunAsync(
                new Dictionary<string, string>(way.Variables) { ["TOKEN_OF_TEST"] = secret },
                [
                    "build", "--progress", "plain", "--secret", $"id=file,src={stores.Combine("file")}",
                    "--secret", "id=variable,env=TOKEN_OF_TEST", "--ssh", $"default={stores.Combine("key")}", .. way.Options, context.Path,
                ]);
            Assert.AreEqual(0, built.ExitCode, way.Name + built.Error);
            digests.Add($"{way.Name} {built.Digest}");
        }

        AssertOne(digests);
    }

    /// <summary>Without podman: its storage for any kernel takes minutes to unpack the image with the compiler.</summary>
    [TestMethod]
    public async Task A_Go_module_has_one_digest()
    {
        using var folder = Stores();
        var digests = new List<string>();
        foreach (var way in Ways().Where(way => way.Policy.Engine != "podman"))
        {
            var policy = way.Policy with { Store = folder.Combine(way.Name) };
            digests.Add($"{way.Name} {await Hello.BuildModuleAsync(folder, policy, way.Account, way.Variables)}");
        }

        AssertOne(digests);
    }

    private static void AssertOne(IReadOnlyCollection<string> digests) =>
        Assert.HasCount(1, digests.Select(line => line.Split(' ')[1]).Distinct(StringComparer.Ordinal), string.Join('\n', digests));

    private static IEnumerable<Way> Ways()
    {
        var path = Environment.GetEnvironmentVariable("PATH");
        yield return new Way("embedded", new BuildPolicy());
        if (Environment.IsPrivilegedProcess)
        {
            yield return new Way("rootless", new BuildPolicy()) { Account = Account.OrdinaryUser };
        }

        yield return new Way("runc", new BuildPolicy { Sandbox = "runc" });
        yield return new Way("crun", new BuildPolicy { Sandbox = "crun" });
        yield return new Way("docker-20.10", new BuildPolicy { Engine = "docker" })
        {
            Variables = new Dictionary<string, string>(docker.Variables) { ["PATH"] = $"{Path.GetDirectoryName(docker.Program)}:{path}" },
        };
        yield return new Way("docker-28-with-buildx", new BuildPolicy { Engine = "docker" })
        {
            Variables = new Dictionary<string, string>
            {
                ["PATH"] = $"{Path.GetDirectoryName(docker.Program)}:{path}",
                ["DOCKER_HOST"] = $"unix://{newer.DockerSocket}",
                ["DOCKER_CONFIG"] = Places.Combine("config"),
            },
        };
        yield return new Way("podman", new BuildPolicy { Engine = "podman" }) { Variables = podman.Variables };
        yield return new Way("named-builder", new BuildPolicy { Engine = "buildkit", EngineAddresses = ["mine"] })
        {
            Variables = new Dictionary<string, string>
            {
                ["PATH"] = $"{Path.GetDirectoryName(newer.Client)}:{path}",
                ["BUILDX_CONFIG"] = Places.Combine("buildx"),
            },
        };
    }

    private static TempFolder Stores()
    {
        var folder = new TempFolder();
        File.SetUnixFileMode(folder.Path, (UnixFileMode)0x3FF);
        return folder;
    }

    private sealed record Way(string Name, BuildPolicy Policy)
    {
        public Account Account { get; init; } = Account.Own;

        public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();

        public IEnumerable<string> Options =>
        [
            "--engine", Policy.Engine, "--sandbox", Policy.Sandbox, "--allow", "network.host",
            .. Policy.EngineAddresses.SelectMany(address => (string[])["--engine-address", address]),
        ];
    }
}
