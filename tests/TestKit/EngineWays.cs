using ContainerStages.Contracts;

namespace ContainerStages.TestKit;

/// <summary>A way to run the commands of a build.</summary>
public sealed record EngineWay(string Name, BuildPolicy Policy)
{
    public Account Account { get; init; } = Account.Own;

    /// <summary>With which its engine is found.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();

    /// <summary>The options of the command line that choose it.</summary>
    public IEnumerable<string> Options =>
    [
        "--engine", Policy.Engine, "--sandbox", Policy.Sandbox, "--allow", EntitlementNames.HostNetwork,
        .. Policy.EngineAddresses.SelectMany(address => (string[])["--engine-address", address]),
    ];

    /// <summary>The properties of a project that choose it.</summary>
    public IEnumerable<string> Properties =>
    [
        $"-p:ContainerStagesEngine={Policy.Engine}", $"-p:ContainerStagesSandbox={Policy.Sandbox}",
        $"-p:ContainerStagesAllow={EntitlementNames.HostNetwork}",
        .. Policy.EngineAddresses.Select(address => $"-p:ContainerStagesEngineAddress={address}"),
    ];
}

/// <summary>The seven ways in which the commands of one project must give one digest, and crun, each with an engine of its own.</summary>
public sealed class EngineWays : IAsyncDisposable
{
    private const string Builder = "mine";
    private readonly TempFolder places;
    private readonly RealEngine docker;
    private readonly RealEngine podman;
    private readonly BuildKitDaemon newer;

    private EngineWays(TempFolder places, RealEngine docker, RealEngine podman, BuildKitDaemon newer) =>
        (this.places, this.docker, this.podman, this.newer) = (places, docker, podman, newer);

    public static async Task<EngineWays> StartAsync()
    {
        var ways = new EngineWays(
            new TempFolder(),
            await RealEngine.StartAsync("docker"),
            await RealEngine.StartAsync("podman"),
            await BuildKitDaemon.StartAsync());
        var plugins = ways.places.Combine("config", "cli-plugins");
        Directory.CreateDirectory(plugins);
        File.CreateSymbolicLink(Path.Combine(plugins, "docker-buildx"), BuildKitDaemon.Buildx);
        string[] create = [BuildKitDaemon.Buildx, "create", "--name", Builder, "--driver", "remote", ways.newer.Address];
        await RealTool.RunAsync("env", [$"BUILDX_CONFIG={ways.places.Combine("buildx")}", .. create]);
        return ways;
    }

    public IEnumerable<EngineWay> All
    {
        get
        {
            yield return new EngineWay("embedded", new BuildPolicy());
            if (Environment.IsPrivilegedProcess)
            {
                yield return new EngineWay("rootless", new BuildPolicy()) { Account = Account.OrdinaryUser };
            }

            yield return new EngineWay("runc", new BuildPolicy { Sandbox = SandboxNames.Runc });
            yield return new EngineWay("crun", new BuildPolicy { Sandbox = SandboxNames.Crun });
            yield return new EngineWay("docker-20.10", new BuildPolicy { Engine = "docker" })
            {
                Variables = With(docker.Program, docker.Variables),
            };
            yield return new EngineWay("docker-28-with-buildx", new BuildPolicy { Engine = "docker" })
            {
                Variables = With(docker.Program, new Dictionary<string, string>
                {
                    ["DOCKER_HOST"] = $"unix://{newer.DockerSocket}",
                    ["DOCKER_CONFIG"] = places.Combine("config"),
                }),
            };
            yield return new EngineWay("podman", new BuildPolicy { Engine = "podman" }) { Variables = podman.Variables };
            yield return new EngineWay("named-builder", new BuildPolicy { Engine = EngineNames.BuildKit, EngineAddresses = [Builder] })
            {
                Variables = With(newer.Client, new Dictionary<string, string> { ["BUILDX_CONFIG"] = places.Combine("buildx") }),
            };
        }
    }

    public async ValueTask DisposeAsync()
    {
        await newer.DisposeAsync();
        await docker.DisposeAsync();
        await podman.DisposeAsync();
        places.Dispose();
    }

    /// <summary>The variables, and the folder of the program first in PATH.</summary>
    private static Dictionary<string, string> With(string program, IReadOnlyDictionary<string, string> variables) =>
        new(variables) { ["PATH"] = $"{Path.GetDirectoryName(program)}:{Environment.GetEnvironmentVariable("PATH")}" };
}
