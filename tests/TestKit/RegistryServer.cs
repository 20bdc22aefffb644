using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace ContainerStages.TestKit;

/// <summary>
/// Debian's real <c>docker-registry</c> on a free loopback port, its storage in a temporary folder; gone with everything when disposed.
/// </summary>
public sealed partial class RegistryServer : IAsyncDisposable
{
    public const string User = "tester";
    public const string Password = "secret";

    /// <summary>bcrypt of <see cref="Password"/>.</summary>
    private const string PasswordHash = "$2y$05$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a";

    private readonly DirectoryInfo folder;
    private readonly Process process;

    private RegistryServer(DirectoryInfo folder, Process process, int port) => (this.folder, this.process, Port) = (folder, process, port);

    public int Port { get; }

    /// <summary><c>localhost:port</c>, the first part of image names.</summary>
    public string Host => $"localhost:{Port}";

    /// <summary>Root of the storage driver; blobs are under <c>docker/registry/v2/blobs/sha256</c>.</summary>
    public string StorageFolder => Path.Combine(folder.FullName, "storage");

    /// <summary>Starts a registry that anybody may read and write.</summary>
    public static Task<RegistryServer> StartAsync(CancellationToken cancellationToken) => StartAsync(withPassword: false, cancellationToken);

    /// <summary>Starts a registry that wants <see cref="User"/> and <see cref="Password"/>.</summary>
    public static Task<RegistryServer> StartWithPasswordAsync(CancellationToken cancellationToken) => StartAsync(withPassword: true, cancellationToken);

    /// <summary>File of a blob's content inside the registry.</summary>
    public string BlobFile(string hex) => Path.Combine(StorageFolder, "docker/registry/v2/blobs/sha256", hex[..2], hex, "data");

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill();
            await process.WaitForExitAsync();
        }

        process.Dispose();
        folder.Delete(recursive: true);
    }

    private static async Task<RegistryServer> StartAsync(bool withPassword, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("registry-");
        var configuration = Path.Combine(folder.FullName, "config.yml");
        await File.WriteAllTextAsync(configuration, Configuration(folder.FullName, withPassword), cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "htpasswd"), $"{User}:{PasswordHash}\n", cancellationToken);
        var process = Process.Start(new ProcessStartInfo("docker-registry", ["serve", configuration])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        })!;
        return new RegistryServer(folder, process, await ReadPortAsync(process, cancellationToken));
    }

    // The registry chooses the port itself and says which: no other process can take it in between.
    private static string Configuration(string folder, bool withPassword) => $"""
        version: 0.1
        log:
          level: info
          accesslog:
            disabled: true
        storage:
          filesystem:
            rootdirectory: {folder}/storage
          delete:
            enabled: true
        http:
          addr: 127.0.0.1:0
          secret: not-secret

        """ + (withPassword ? $"""
        auth:
          htpasswd:
            realm: test
            path: {folder}/htpasswd

        """ : "");

    private static async Task<int> ReadPortAsync(Process process, CancellationToken cancellationToken)
    {
        var said = new List<string>();
        while (await process.StandardError.ReadLineAsync(cancellationToken) is { } line)
        {
            said.Add(line);
            if (Listening().Match(line) is { Success: true } match)
            {
                // Nobody reads on; the pipes must not fill up.
                _ = process.StandardError.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
                _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
                return int.Parse(match.Groups["port"].ValueSpan, CultureInfo.InvariantCulture);
            }
        }

        throw new InvalidOperationException("docker-registry did not start: " + string.Join(Environment.NewLine, said));
    }

    [GeneratedRegex(@"listening on 127\.0\.0\.1:(?<port>[0-9]+)", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Listening();
}
