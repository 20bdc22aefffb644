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
        await RealTool.RunAsync("bash", Repository.PathOf("build", "engines.sh"));
        var home = new TempFolder();
        home.Write("docker", $"#!/bin/sh\n[ \"$1\" = buildx ] || exit 1\nshift\nexec {Buildx} \"$@\"\n");
        File.SetUnixFileMode(home.Combine("docker"), (UnixFileMode)0x1ED);
        home.Write("inside", Inside(Repository.PathOf("artifacts", "engines"), home.Path));
        string[] arguments = ["--mount", "--propagation", "private", "bash", home.Combine("inside")];
        var started = Process.Start(new ProcessStartInfo("unshare", arguments) { UseShellExecute = false })!;
        await WaitAsync(started, home);
        return new BuildKitDaemon(home, started, BuildKitBridge.OnSocket(home.Combine("buildkit"), home.Combine("socket")));
    }

    public async ValueTask DisposeAsync()
    {
        await bridge.DisposeAsync();
        await RealTool.RunAsync("kill", $"{process.Id}");
        await process.WaitForExitAsync();
        process.Dispose();
        folder.Dispose();
    }

    /// <summary>runc refuses a plain chroot.</summary>
    private static string Inside(string root, string home) => $"""
        set -eu
        exec >{home}/log 2>&1 </dev/null
        mount --bind {root} {root}
        mount -t proc proc {root}/proc
        for name in sys dev; do mount --rbind /$name {root}/$name; done
        for name in run tmp; do mount -t tmpfs tmpfs {root}/$name; done
        cp /etc/resolv.conf /etc/hosts {root}/etc/
        mkdir -p {root}{home}
        mount --bind {home} {root}{home}
        cd {root}
        pivot_root . old
        umount -l /old
        exec dockerd --feature containerd-snapshotter=true --iptables=false --ip6tables=false --bridge=none --log-level error \
            --data-root {home}/data --exec-root {home}/exec --pidfile {home}/pid -H unix://{home}/socket
        """;

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
