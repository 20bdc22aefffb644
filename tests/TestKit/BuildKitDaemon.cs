using System.Diagnostics;

namespace ContainerStages.TestKit;

/// <summary>
/// A BuildKit of our own with buildx: those of the newer Docker of build/engines.sh, whose daemon keeps images as containerd does, so that
/// its BuildKit is the whole one. It runs in a mount namespace whose root is that folder.
/// </summary>
public sealed class BuildKitDaemon : IAsyncDisposable
{
    private readonly TempFolder folder;
    private readonly Process process;
    private readonly BuildKitBridge bridge;

    private BuildKitDaemon(TempFolder folder, Process process, BuildKitBridge bridge) =>
        (this.folder, this.process, this.bridge) = (folder, process, bridge);

    /// <summary>A <c>docker</c> that is nothing but buildx.</summary>
    public string Client => folder.Combine("docker");

    /// <summary>The program buildx alone.</summary>
    public static string Buildx => Repository.PathOf("artifacts", "engines", "usr", "libexec", "docker", "cli-plugins", "docker-buildx");

    /// <summary>Of BuildKit.</summary>
    public string Address => $"unix://{folder.Combine("buildkit")}";

    /// <summary>Of Docker.</summary>
    public string DockerSocket => folder.Combine("socket");

    public static async Task<BuildKitDaemon> StartAsync()
    {
        var engines = Repository.PathOf("build", "engines.sh");
        await RealTool.RunAsync("bash", engines);
        var home = new TempFolder();
        home.Write("docker", $"#!/bin/sh\n[ \"$1\" = buildx ] || exit 1\nshift\nexec {Buildx} \"$@\"\n");
        File.SetUnixFileMode(home.Combine("docker"), (UnixFileMode)0x1ED);
        var started = Process.Start(new ProcessStartInfo("bash", [engines, "--run", home.Path]) { UseShellExecute = false })!;
        await WaitAsync(started, home);
        return new BuildKitDaemon(home, started, BuildKitBridge.OnSocket(home.Combine("buildkit"), home.Combine("socket")));
    }

    /// <summary>Ends it and what it runs at once, as where its machine fails.</summary>
    public async Task KillAsync()
    {
        // Its commands are children of nobody that it would take along, but see its folder among their mounts. Some end by themselves
        // once others have ended: a kill that fails is a failure only where the process is still there.
        await RealTool.RunAsync("bash", "-c", $$"""
            for process in $(grep -ls {{folder.Path}}/ /proc/[0-9]*/mountinfo | cut -d / -f 3); do
                kill -9 $process || [ ! -e /proc/$process ] || exit 1
            done
            """);
        await process.WaitForExitAsync();
        await bridge.DisposeAsync();
        File.Delete(folder.Combine("buildkit"));
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            await bridge.DisposeAsync();
            await RealTool.RunAsync("kill", $"{process.Id}");
            await process.WaitForExitAsync();
        }

        process.Dispose();
        folder.Dispose();
    }

    private static async Task WaitAsync(Process daemon, TempFolder home)
    {
        for (var attempt = 0; attempt < 300 && !daemon.HasExited; attempt++)
        {
            if (File.Exists(home.Combine("socket")) && File.Exists(home.Combine("pid")))
            {
                return;
            }

            await Task.Delay(100);
        }

        throw new InvalidOperationException($"dockerd does not start: {await File.ReadAllTextAsync(home.Combine("log"))}");
    }
}
