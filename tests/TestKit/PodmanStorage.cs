using ContainerStages.Posix;

namespace ContainerStages.TestKit;

/// <summary>A storage of podman of its own, so that nobody's images are touched.</summary>
public sealed class PodmanStorage : IAsyncDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("stages-podman-").FullName;

    private PodmanStorage(string driver)
    {
        var storage = $"driver = \"{driver}\"\ngraphroot = \"{folder}/graph\"\nrunroot = \"{folder}/run\"\n";
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

    /// <summary>One of overlays; where the machine has none for it, in a container for instance, of copies, which is much slower.</summary>
    public static async Task<PodmanStorage> CreateAsync()
    {
        var overlay = new PodmanStorage("overlay");
        try
        {
            await overlay.DoAsync("info");
            return overlay;
        }
        catch (InvalidOperationException)
        {
            await overlay.DisposeAsync();
            return new PodmanStorage("vfs");
        }
    }

    /// <summary>Runs podman and returns what it printed.</summary>
    /// <exception cref="InvalidOperationException">It failed; the message has its errors.</exception>
    public async Task<string> DoAsync(params string[] arguments) =>
        (await RealTool.RunAsync("env", [.. Variables.Select(variable => $"{variable.Key}={variable.Value}"), "podman", .. arguments]))
            .Trim();

    public async ValueTask DisposeAsync()
    {
        // Podman leaves the folder of overlays mounted upon itself.
        foreach (var mount in File.ReadLines("/proc/self/mounts").Select(line => line.Split(' ')[1]).Where(IsInside).Reverse().ToList())
        {
            await RealTool.RunAsync("umount", mount);
        }

        TreeRemover.Remove(folder);
    }

    private bool IsInside(string path) => path.StartsWith(folder + "/", StringComparison.Ordinal);
}
