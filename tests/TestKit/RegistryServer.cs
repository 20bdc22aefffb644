using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;

namespace ContainerStages.TestKit;

/// <summary>
/// Debian's real <c>docker-registry</c> on a free loopback port, its storage in a temporary folder; gone with everything when disposed.
/// </summary>
public sealed partial class RegistryServer : IAsyncDisposable
{
    public const string User = "tester";
    public const string Password = "passw0rd-of-the-registry";

    /// <summary>bcrypt of <see cref="Password"/>.</summary>
    private const string PasswordHash = "$2y$05$abcdefghijklmnopqrstuuw7cGjrjodCxSn6dojTZw1lvzzFSlgJu";

    // The registry chooses the port itself and says which: no other process can take it in between.
    private const string Configuration = """
        version: 0.1
        log:
          level: info
          accesslog:
            disabled: true
        storage:
          filesystem:
            rootdirectory: FOLDER/storage
          delete:
            enabled: true
        http:
          addr: 127.0.0.1:0
          secret: not-secret

        """;

    private readonly DirectoryInfo folder;
    private Process process;

    private RegistryServer(DirectoryInfo folder, Process process, int port) => (this.folder, this.process, Port) = (folder, process, port);

    public int Port { get; }

    /// <summary><c>localhost:port</c>, the first part of image names.</summary>
    public string Host => $"localhost:{Port}";

    /// <summary>Root of the storage driver; blobs are under <c>docker/registry/v2/blobs/sha256</c>.</summary>
    public string StorageFolder => Path.Combine(folder.FullName, "storage");

    /// <summary>Starts a registry that anybody may read and write.</summary>
    public static Task<RegistryServer> StartAsync(CancellationToken cancellationToken) => StartAsync("", cancellationToken);

    /// <summary>Starts a registry that anybody may read and write, over the same storage: what one of the two has, the other has.</summary>
    public Task<RegistryServer> StartBesideAsync(CancellationToken cancellationToken) =>
        StartAsync("", StorageFolder, [], cancellationToken);

    /// <summary>Starts a registry that wants <see cref="User"/> and <see cref="Password"/>.</summary>
    public static Task<RegistryServer> StartWithPasswordAsync(CancellationToken cancellationToken) => StartAsync(
        """
        auth:
          htpasswd:
            realm: test
            path: FOLDER/htpasswd
        """,
        cancellationToken);

    /// <summary>Starts a registry that allows layers to name addresses that match.</summary>
    public static Task<RegistryServer> StartWithUrlsAsync(string allowed, CancellationToken cancellationToken) => StartAsync(
        $"""
        validation:
          manifests:
            urls:
              allow: ['{allowed}']
        """,
        cancellationToken);

    /// <summary>Starts a registry that speaks TLS with a certificate for localhost that nobody signed.</summary>
    public static Task<RegistryServer> StartWithTlsAsync(CancellationToken cancellationToken) => StartAsync(
        """
          tls:
            certificate: FOLDER/certificate.pem
            key: FOLDER/key.pem
        """,
        cancellationToken);

    /// <summary>
    /// Starts a registry with a certificate of a private authority, which wants one of that authority from its clients too where asked.
    /// </summary>
    public static Task<RegistryServer> StartWithTlsAsync(
        PrivateAuthority authority, string name, bool wantsClientCertificate, CancellationToken cancellationToken)
    {
        var (certificate, key) = authority.Issue(name);
        return StartAsync(
            $"""
              tls:
                certificate: FOLDER/server.pem
                key: FOLDER/server-key.pem
            {(wantsClientCertificate ? "    clientcas: [FOLDER/authority.pem]" : "")}
            """,
            cancellationToken,
            ("server.pem", certificate),
            ("server-key.pem", key),
            ("authority.pem", authority.CertificatePem));
    }

    /// <summary>Starts a registry that wants tokens of the given server, and verifies them.</summary>
    public static Task<RegistryServer> StartWithTokensAsync(TokenServer tokens, CancellationToken cancellationToken) => StartAsync(
        $"""
        auth:
          token:
            realm: {tokens.Realm}
            service: {TokenServer.Service}
            issuer: {TokenServer.Issuer}
            rootcertbundle: FOLDER/tokens.pem
        """,
        cancellationToken,
        ("tokens.pem", tokens.CertificatePem));

    /// <summary>File of a blob's content inside the registry.</summary>
    public string BlobFile(string hex) => Path.Combine(StorageFolder, "docker/registry/v2/blobs/sha256", hex[..2], hex, "data");

    /// <summary>
    /// Cleans up as an administrator does: removes every manifest without a tag of its own, and every blob that nothing names then.
    /// </summary>
    public Task CollectGarbageAsync() => RealTool.RunAsync("docker-registry", "garbage-collect", "--delete-untagged", ConfigurationFile);

    /// <summary>Ends the registry at once, as a crash does.</summary>
    public async Task KillAsync()
    {
        if (!process.HasExited)
        {
            process.Kill();
            await process.WaitForExitAsync();
        }
    }

    /// <summary>Starts it again after <see cref="KillAsync"/>, at the same port and over the same storage.</summary>
    public async Task RestartAsync(CancellationToken cancellationToken)
    {
        var text = await File.ReadAllTextAsync(ConfigurationFile, cancellationToken);
        await File.WriteAllTextAsync(
            ConfigurationFile, text.Replace("addr: 127.0.0.1:0", $"addr: 127.0.0.1:{Port}", StringComparison.Ordinal), cancellationToken);
        process.Dispose();
        process = Serve(ConfigurationFile);
        await ReadPortAsync(process, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        process.Dispose();
        folder.Delete(recursive: true);
    }

    private string ConfigurationFile => Path.Combine(folder.FullName, "config.yml");

    private static Process Serve(string configuration) => Process.Start(new ProcessStartInfo("docker-registry", ["serve", configuration])
    {
        UseShellExecute = false,
        RedirectStandardError = true,
        RedirectStandardOutput = true,
    })!;

    private static Task<RegistryServer> StartAsync(
        string further, CancellationToken cancellationToken, params (string Name, string Content)[] files) =>
        StartAsync(further, null, files, cancellationToken);

    private static async Task<RegistryServer> StartAsync(
        string further, string? storage, (string Name, string Content)[] files, CancellationToken cancellationToken)
    {
        var temporary = Directory.CreateTempSubdirectory("registry-");
        foreach (var (name, content) in files)
        {
            await File.WriteAllTextAsync(Path.Combine(temporary.FullName, name), content, cancellationToken);
        }

        var configuration = Path.Combine(temporary.FullName, "config.yml");
        await File.WriteAllTextAsync(
            configuration,
            ((storage is null ? Configuration : Configuration.Replace("FOLDER/storage", storage, StringComparison.Ordinal)) + further)
                .Replace("FOLDER", temporary.FullName, StringComparison.Ordinal) + "\n",
            cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(temporary.FullName, "htpasswd"), $"{User}:{PasswordHash}\n", cancellationToken);
        WriteCertificate(temporary.FullName);
        var started = Serve(configuration);
        try
        {
            return new RegistryServer(temporary, started, await ReadPortAsync(started, cancellationToken));
        }
        catch
        {
            started.Kill();
            started.Dispose();
            temporary.Delete(recursive: true);
            throw;
        }
    }

    private static void WriteCertificate(string folder)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllText(Path.Combine(folder, "certificate.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(folder, "key.pem"), key.ExportPkcs8PrivateKeyPem());
    }

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

    [GeneratedRegex(
        @"listening on 127\.0\.0\.1:(?<port>[0-9]+)",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Listening();
}
