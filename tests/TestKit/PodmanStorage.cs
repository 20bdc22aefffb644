using ContainerStages.Posix;

namespace ContainerStages.TestKit;

/// <summary>A storage of podman of its own, so that nobody's images are touched.</summary>
public sealed class PodmanStorage : IAsyncDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("stages-podman-").FullName;

    public PodmanStorage()
    {
        var storage = $"driver = \"vfs\"\ngraphroot = \"{folder}/graph\"\nrunroot = \"{folder}/run\"\n";
        File.WriteAllText(Path.Combine(folder, "storage.conf"), "[storage]\n" + storage);

        // Where crun is installed podman takes it, which refuses the mixture of both versions of control groups.
        var engine = $"runtime = \"runc\"\ntmp_dir = \"{folder}/tmp\"\nevents_logger = \"none\"\n";
        File.WriteAllText(Path.Combine(folder, "containers.conf"), "[engine]\n" + engine);
    }

    /// <summary>Variables with which a program finds this storage.</summary>
    public IReadOnlyDictionary<string, string> Variables => new Dictionary<string, string>
    {
        ["CONTAINERS_STORAGE_CONF"] = Path.Combine(folder, "storage.conf"),
        ["CONTAINERS_CONF"] = Path.Combine(folder, "containers.conf"),
    };

    /// <summary>Runs podman and returns what it printed.</summary>
    /// <exception cref="InvalidOperationException">It failed; the message has its errors.</exception>
    public async Task<string> DoAsync(params string[] arguments) =>
        (await RealTool.RunAsync("env", [.. Variables.Select(variable => $"{variable.Key}={variable.Value}"), "podman", .. arguments]))
            .Trim();

    public ValueTask DisposeAsync()
    {
        TreeRemover.Remove(folder);
        return ValueTask.CompletedTask;
    }
}
