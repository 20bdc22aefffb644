using System.Diagnostics;
using ContainerStages.Posix;
using ContainerStages.TestKit;

namespace ContainerStages.Differential.Tests;

/// <summary>
/// A Docker daemon of our own, so that nobody's images are touched; without iptables and bridge it runs anywhere. Where DIFFERENTIAL_DOCKER names
/// a client, that one's daemon is used as it is (build/expected.sh).
/// </summary>
internal sealed class DockerDaemon : IAsyncDisposable
{
    private readonly string client;
    private readonly string? home;
    private readonly Process? process;

    private DockerDaemon(string client, string? home, Process? process) => (this.client, this.home, this.process) = (client, home, process);

    /// <summary>A client of a newer Docker, which builds also the cases that Debian's is too old for.</summary>
    public static string? Newer { get; } = Environment.GetEnvironmentVariable("DIFFERENTIAL_DOCKER") is { Length: > 0 } client ? client : null;

    /// <summary>Digest of the one layer that the base image of the cases has.</summary>
    public string? BaseDiffId { get; private set; }

    /// <summary>Starts the daemon and pulls the base images, so that no build waits for it.</summary>
    public static async Task<DockerDaemon> StartAsync(params string[] images)
    {
        var daemon = Newer is null ? await StartAsync() : new DockerDaemon(Newer, null, null);
        foreach (var image in images)
        {
            var pulled = await daemon.RunAsync(["pull", "-q", image]);
            if (pulled.ExitCode != 0)
            {
                throw new InvalidOperationException($"docker pull {image}: {pulled.Error}");
            }
        }

        daemon.BaseDiffId = await DockerEngine.BaseDiffIdAsync(daemon, images[0]);
        return daemon;
    }

    private static async Task<DockerDaemon> StartAsync()
    {
        var folder = Directory.CreateTempSubdirectory("stages-docker-").FullName;
        string[] arguments =
        [
            "--iptables=false", "--ip6tables=false", "--bridge=none", "--storage-driver", "overlay2", "--log-level", "error",
            "--data-root", $"{folder}/data", "--exec-root", $"{folder}/exec", "--pidfile", $"{folder}/pid", "-H", $"unix://{folder}/socket",
            "--registry-mirror", $"http://{BaseImages.Instance.Registry}",
        ];
        var log = Path.Combine(folder, "log");
        var start = new ProcessStartInfo("sh", ["-c", "exec \"$@\" >\"$0\" 2>&1 </dev/null", log, "dockerd", .. arguments]) { UseShellExecute = false };
        var started = Process.Start(start)!;
        var daemon = new DockerDaemon("/usr/bin/docker", folder, started);
        await daemon.WaitAsync(started, log);
        return daemon;
    }

    public async Task<ProgramResult> RunAsync(string[] arguments)
    {
        var start = new ProcessStartInfo(client, arguments) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DOCKER_BUILDKIT"] = "1";
        if (home is not null)
        {
            start.Environment["DOCKER_HOST"] = $"unix://{home}/socket";
            start.Environment["DOCKER_CONFIG"] = home;
        }

        using var running = Process.Start(start)!;
        running.StandardInput.Close();
        return await StagesProgram.EndAsync(running);
    }

    public async ValueTask DisposeAsync()
    {
        if (process is not null)
        {
            await RealTool.RunAsync("kill", process.Id.ToString());
            await process.WaitForExitAsync();
            process.Dispose();
            TreeRemover.Remove(home!);
        }
    }

    private async Task WaitAsync(Process daemon, string log)
    {
        for (var attempt = 0; attempt < 300; attempt++)
        {
            if (daemon.HasExited)
            {
                break;
            }

            if ((await RunAsync(["version"])).ExitCode == 0)
            {
                return;
            }

            await Task.Delay(100);
        }

        throw new InvalidOperationException($"dockerd does not start: {await File.ReadAllTextAsync(log)}");
    }
}
