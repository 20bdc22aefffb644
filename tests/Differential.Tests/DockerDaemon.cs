using System.Diagnostics;
using ContainerStages.Posix;
using ContainerStages.TestKit;

namespace ContainerStages.Differential.Tests;

/// <summary>A Docker daemon of our own, so that nobody's images are touched; without iptables and bridge it runs anywhere.</summary>
internal sealed class DockerDaemon : IAsyncDisposable
{
    private const string Client = "/usr/bin/docker";
    private readonly string home;
    private readonly Process process;

    private DockerDaemon(string home, Process process) => (this.home, this.process) = (home, process);

    /// <summary>Digest of the one layer that the base image of the cases has.</summary>
    public string? BaseDiffId { get; private set; }

    /// <summary>Starts the daemon and pulls the base images, so that no build waits for it.</summary>
    public static async Task<DockerDaemon> StartAsync(params string[] images)
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
        var daemon = new DockerDaemon(folder, Process.Start(start)!);
        await daemon.WaitAsync(log);
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

    public async Task<ProgramResult> RunAsync(string[] arguments)
    {
        var start = new ProcessStartInfo(Client, arguments) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DOCKER_HOST"] = $"unix://{home}/socket";
        start.Environment["DOCKER_BUILDKIT"] = "1";
        start.Environment["DOCKER_CONFIG"] = home;
        using var client = Process.Start(start)!;
        client.StandardInput.Close();
        return await StagesProgram.EndAsync(client);
    }

    public async ValueTask DisposeAsync()
    {
        await RealTool.RunAsync("kill", process.Id.ToString());
        await process.WaitForExitAsync();
        process.Dispose();
        TreeRemover.Remove(home);
    }

    private async Task WaitAsync(string log)
    {
        for (var attempt = 0; attempt < 300; attempt++)
        {
            if (process.HasExited)
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
