using System.Diagnostics;
using ContainerStages.Posix;

namespace ContainerStages.TestKit;

/// <summary>
/// A Docker daemon of our own, so that nobody's images are touched; without iptables and bridge it runs anywhere. Where DIFFERENTIAL_DOCKER
/// names a client, that one's daemon is used as it is (build/expected.sh).
/// </summary>
public sealed class DockerDaemon : IAsyncDisposable
{
    private readonly string client;
    private readonly string? home;
    private readonly Process? process;

    private DockerDaemon(string client, string? home, Process? process) => (this.client, this.home, this.process) = (client, home, process);

    /// <summary>A client of a newer Docker, which builds also the cases that Debian's is too old for.</summary>
    public static string? Newer { get; } = Environment.GetEnvironmentVariable("DIFFERENTIAL_DOCKER") is { Length: > 0 } client
        ? client
        : null;

    /// <summary>The client's program.</summary>
    public string Client => client;

    /// <summary>The process of the daemon; null where it is the machine's.</summary>
    public int? ProcessId => process?.Id;

    /// <summary>Variables with which a program reaches this daemon; none where it is the machine's.</summary>
    public IReadOnlyDictionary<string, string> Variables =>
        home is null
            ? new Dictionary<string, string>()
            : new Dictionary<string, string> { ["DOCKER_HOST"] = $"unix://{home}/socket", ["DOCKER_CONFIG"] = home };

    /// <summary>Starts the daemon and pulls the images, so that no test waits for them.</summary>
    public static async Task<DockerDaemon> StartAsync(params string[] images)
    {
        var daemon = Newer is null ? await StartOwnAsync() : new DockerDaemon(Newer, null, null);
        foreach (var image in images)
        {
            await daemon.DoAsync("pull", "-q", image);
        }

        return daemon;
    }

    /// <summary>Runs the client.</summary>
    public async Task<ProgramResult> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(client, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["DOCKER_BUILDKIT"] = "1";
        foreach (var (name, value) in Variables)
        {
            start.Environment[name] = value;
        }

        using var running = Process.Start(start)!;
        running.StandardInput.Close();
        return await StagesProgram.EndAsync(running);
    }

    /// <summary>Runs the client and returns what it printed.</summary>
    /// <exception cref="InvalidOperationException">It failed; the message has its errors.</exception>
    public async Task<string> DoAsync(params string[] arguments)
    {
        var done = await RunAsync(arguments);
        return done.ExitCode == 0
            ? done.Output.Trim()
            : throw new InvalidOperationException($"docker {string.Join(' ', arguments)}: {done.Error}");
    }

    public async ValueTask DisposeAsync()
    {
        if (process is not null)
        {
            if (!process.HasExited)
            {
                await RealTool.RunAsync("kill", process.Id.ToString());
            }

            await process.WaitForExitAsync();
            process.Dispose();
            TreeRemover.Remove(home!);
        }
    }

    private static async Task<DockerDaemon> StartOwnAsync()
    {
        var folder = Directory.CreateTempSubdirectory("stages-docker-").FullName;
        string[] arguments =
        [
            "--iptables=false", "--ip6tables=false", "--bridge=none", "--storage-driver", "overlay2", "--log-level", "error",
            "--data-root", $"{folder}/data", "--exec-root", $"{folder}/exec", "--pidfile", $"{folder}/pid", "-H", $"unix://{folder}/socket",
            "--registry-mirror", $"http://{BaseImages.Instance.Registry}",
        ];
        var log = Path.Combine(folder, "log");
        var start = new ProcessStartInfo(
            "sh", ["-c", "exec \"$@\" >\"$0\" 2>&1 </dev/null", log, "dockerd", .. arguments]) { UseShellExecute = false };
        var started = Process.Start(start)!;
        var daemon = new DockerDaemon("/usr/bin/docker", folder, started);
        await daemon.WaitAsync(started, log);
        return daemon;
    }

    private async Task WaitAsync(Process daemon, string log)
    {
        for (var attempt = 0; attempt < 300; attempt++)
        {
            if (daemon.HasExited)
            {
                break;
            }

            if ((await RunAsync("version")).ExitCode == 0)
            {
                return;
            }

            await Task.Delay(100);
        }

        throw new InvalidOperationException($"dockerd does not start: {await File.ReadAllTextAsync(log)}");
    }
}
