using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;

namespace ContainerStages.TestKit;

/// <summary>
/// A real git daemon on loopback with one repository: <c>top</c> and <c>sub/file</c>, tagged v1, then <c>top</c> removed.
/// </summary>
public sealed class GitServer : IDisposable
{
    private readonly TempFolder folder;
    private readonly Process process;

    private GitServer(TempFolder folder, Process process, int port) =>
        (this.folder, this.process, Address) = (folder, process, $"git://127.0.0.1:{port}/repository.git");

    public string Address { get; }

    /// <summary>A second repository: <c>top</c>, and the first one as its submodule <c>inner</c>.</summary>
    public string OuterAddress => Address.Replace("repository.git", "outer.git", StringComparison.Ordinal);

    public static async Task<GitServer> StartAsync(string? dockerfile = null, bool withSubmodule = false)
    {
        var root = new TempFolder();
        await MakeRepositoryAsync(root, dockerfile);
        var port = FileServer.FreePort();
        string[] arguments =
        [
            "daemon",
            $"--base-path={root.Path}",
            "--listen=127.0.0.1",
            $"--port={port.ToString(CultureInfo.InvariantCulture)}",
            "--export-all",
        ];
        var daemon = Process.Start(new ProcessStartInfo("git", arguments) { UseShellExecute = false, RedirectStandardError = true })!;
        var server = new GitServer(root, daemon, port);
        await ListenedAsync(port, daemon);
        if (withSubmodule)
        {
            await MakeOuterAsync(root, server.Address);
        }

        return server;
    }

    public void Dispose()
    {
        process.Kill(entireProcessTree: true);
        process.WaitForExit();
        process.Dispose();
        folder.Dispose();
    }

    private static async Task MakeRepositoryAsync(TempFolder folder, string? dockerfile)
    {
        var work = folder.NewFolder("work");
        folder.Write("work/top", "top");
        folder.Write("work/sub/file", "file");
        if (dockerfile is not null)
        {
            folder.Write("work/Dockerfile", dockerfile);
        }

        await GitAsync(work, "init", "--quiet", "--initial-branch=main");
        await GitAsync(work, "add", "--all");
        await GitAsync(work, "commit", "--quiet", "-m", "one");
        await GitAsync(work, "tag", "v1");
        await GitAsync(work, "rm", "--quiet", "top");
        await GitAsync(work, "commit", "--quiet", "-m", "two");
        await RealTool.RunAsync("git", "clone", "--quiet", "--bare", work, folder.Combine("repository.git"));
    }

    private static async Task MakeOuterAsync(TempFolder folder, string inner)
    {
        var work = folder.NewFolder("outer");
        folder.Write("outer/top", "top");
        await GitAsync(work, "init", "--quiet", "--initial-branch=main");
        await GitAsync(work, "submodule", "--quiet", "add", inner, "inner");
        await GitAsync(work, "add", "--all");
        await GitAsync(work, "commit", "--quiet", "-m", "one");
        await RealTool.RunAsync("git", "clone", "--quiet", "--bare", work, folder.Combine("outer.git"));
    }

    private static Task<string> GitAsync(string work, params string[] arguments) =>
        RealTool.RunAsync("git", ["-C", work, "-c", "user.name=Tester", "-c", "user.email=tester@example.com", .. arguments]);

    private static async Task ListenedAsync(int port, Process process)
    {
        while (!process.HasExited)
        {
            using var client = new TcpClient();
            try
            {
                await client.ConnectAsync("127.0.0.1", port);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(20);
            }
        }

        throw new InvalidOperationException($"git daemon ended: {await process.StandardError.ReadToEndAsync()}");
    }
}
