namespace ContainerStages.TestKit;

/// <summary>A real docker or podman with images of its own.</summary>
public sealed class RealEngine(
    string name,
    string program,
    IAsyncDisposable engine,
    IReadOnlyDictionary<string, string> variables) : IAsyncDisposable
{
    public string Name => name;

    /// <summary>Its program.</summary>
    public string Program => program;

    /// <summary>With which a program finds it.</summary>
    public IReadOnlyDictionary<string, string> Variables => variables;

    public static async Task<RealEngine> StartAsync(string name)
    {
        if (name == "docker")
        {
            var daemon = await DockerDaemon.StartAsync();
            return new RealEngine(name, daemon.Client, daemon, daemon.Variables);
        }

        var storage = new PodmanStorage();
        return new RealEngine(name, "/usr/bin/podman", storage, storage.Variables);
    }

    public ValueTask DisposeAsync() => engine.DisposeAsync();
}
