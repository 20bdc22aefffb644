using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;

namespace ContainerStages.Engines;

/// <summary>
/// Finds out in a moment why a daemon cannot be reached, of which buildx says after twenty seconds that its time is over: connects, agrees
/// on TLS and lets the daemon greet. Source: RFC 9113, section 3.4.
/// </summary>
/// <param name="address">For messages.</param>
/// <param name="daemon">With the scheme tcp or unix.</param>
/// <param name="certificates">Folder of the files for TLS; null for none.</param>
internal sealed class BuildKitDial(string address, Uri daemon, string? certificates)
{
    private const byte SettingsFrame = 4;
    private const byte TlsAlert = 0x15;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>What the folder of certificates holds, and the options of buildx for them.</summary>
    public static IReadOnlyList<(string Name, string Option)> Files { get; } =
        [("ca.pem", "cacert"), ("cert.pem", "cert"), ("key.pem", "key")];

    private static ReadOnlyMemory<byte> Preface { get; } = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u0004\0\0\0\0\0"u8.ToArray();

    /// <exception cref="BuildFailedException">No daemon answers, or it wants another TLS.</exception>
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        try
        {
            await using var connection = await ConnectAsync(limit.Token);
            await using var stream = certificates is null ? connection : await SecureAsync(connection, certificates, limit.Token);
            await GreetAsync(stream, limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw NotAnswering($"nothing was heard for {Patience.TotalSeconds:0} seconds.");
        }
        catch (SocketException refused) when (refused.SocketErrorCode == SocketError.AccessDenied)
        {
            throw new BuildFailedException(RemoteDiagnostics.NoPermission(EngineNames.BuildKit, EngineFaults.LastLine(refused.Message)));
        }
        catch (SocketException refused)
        {
            throw NotAnswering(EngineFaults.LastLine(refused.Message));
        }
        catch (Exception refused) when (
            refused is AuthenticationException or CryptographicException || (refused is IOException && certificates is not null))
        {
            throw NoTls(EngineFaults.LastLine(refused.GetBaseException().Message));
        }
        catch (IOException broken)
        {
            throw NotAnswering(EngineFaults.LastLine(broken.Message));
        }
    }

    private async Task<Stream> ConnectAsync(CancellationToken cancellationToken)
    {
        var isUnix = daemon.Scheme == "unix";
        var path = Uri.UnescapeDataString(daemon.AbsolutePath);
        if (isUnix && !File.Exists(path))
        {
            throw NotAnswering("there is no such socket.");
        }

        var socket = isUnix
            ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            : new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await (isUnix
                ? socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken)
                : socket.ConnectAsync(daemon.IdnHost, daemon.Port, cancellationToken));
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task<Stream> SecureAsync(Stream connection, string folder, CancellationToken cancellationToken)
    {
        var (authority, own) = Load(folder);
        var secured = new SslStream(connection);
        await secured.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = daemon.IdnHost,
                ClientCertificates = [own],
                ApplicationProtocols = [SslApplicationProtocol.Http2],
                CertificateChainPolicy = new X509ChainPolicy
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust,
                    CustomTrustStore = { authority },
                    RevocationMode = X509RevocationMode.NoCheck,
                },
            },
            cancellationToken);
        return secured;
    }

    private (X509Certificate2 Authority, X509Certificate2 Own) Load(string folder)
    {
        var paths = Files.Select(file => Path.Combine(folder, file.Name)).ToArray();
        if (paths.FirstOrDefault(path => !File.Exists(path)) is { } missing)
        {
            throw NoTls($"there is no file '{missing}'.");
        }

        try
        {
            return (X509CertificateLoader.LoadCertificateFromFile(paths[0]), X509Certificate2.CreateFromPemFile(paths[1], paths[2]));
        }
        catch (Exception problem) when (
            problem is CryptographicException or ArgumentException or UnauthorizedAccessException or IOException)
        {
            throw NoTls($"the files of '{folder}' cannot be used: {EngineFaults.LastLine(problem.Message)}");
        }
    }

    /// <summary>Whoever speaks HTTP/2 without being asked for another version first is taken for BuildKit.</summary>
    private async Task GreetAsync(Stream stream, CancellationToken cancellationToken)
    {
        await stream.WriteAsync(Preface, cancellationToken);
        await stream.FlushAsync(cancellationToken);
        var answer = new byte[9];
        var length = await stream.ReadAtLeastAsync(answer, answer.Length, throwOnEndOfStream: false, cancellationToken);
        if (length == answer.Length && answer[3] == SettingsFrame)
        {
            return;
        }

        throw length > 0 && answer[0] == TlsAlert ? NoTls("it wants TLS.")
            : length == 0 && certificates is null ? NoTls("it closed the connection that no certificates are named for.")
            : length == 0 ? NoTls("it closed the connection after the certificates were shown.")
            : NotAnswering("what listens there does not speak BuildKit's protocol.");
    }

    private BuildFailedException NotAnswering(string detail) => new(BuildKitDiagnostics.NotAnswering(address, detail));

    private BuildFailedException NoTls(string detail) => new(BuildKitDiagnostics.NoTls(address, detail));
}
