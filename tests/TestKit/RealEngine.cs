namespace ContainerStages.TestKit;

/// <summary>A real docker, podman or BuildKit with images of its own.</summary>
public sealed class RealEngine(
    string name,
    string program,
    IAsyncDisposable engine,
    IReadOnlyDictionary<string, string> variables) : IAsyncDisposable
{
    public string Name { get; } = name;

    /// <summary>Its program.</summary>
    public string Program => program;

    /// <summary>The name under which its program is looked for.</summary>
    public string Command { get; init; } = name;

    /// <summary>What its program is called with before the options of a build.</summary>
    public string Build { get; init; } = $"{name} build";

    /// <summary>The options of ours that choose it.</summary>
    public IReadOnlyList<string> Options { get; init; } = ["--engine", name];

    /// <summary>With which a program finds it.</summary>
    public IReadOnlyDictionary<string, string> Variables => variables;

    public static async Task<RealEngine> StartAsync(string name)
    {
        if (name == "docker")
        {
            var daemon = await DockerDaemon.StartAsync();
            return new RealEngine(name, daemon.Client, daemon, daemon.Variables);
        }

        if (name == "buildkit")
        {
            // It has no network of its own where there is no bridge.
            var daemon = await BuildKitDaemon.StartAsync();
            return new RealEngine(name, daemon.Client, daemon, new Dictionary<string, string>())
            {
                Command = "docker",
                Build = "docker buildx build",
                Options = ["--engine-address", daemon.Address, "--allow", "network.host"],
            };
        }

        var storage = await PodmanStorage.CreateAsync();
        return new RealEngine(name, "/usr/bin/podman", storage, storage.Variables);
    }

    public ValueTask DisposeAsync() => engine.DisposeAsync();
}
