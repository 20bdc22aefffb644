using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace ContainerStages.TestKit;

/// <summary>
/// Lets the BuildKit inside of a Docker daemon be reached as a BuildKit daemon is: each connection becomes one of the daemon's own gRPC
/// connections, through which <c>docker buildx</c> builds too. Source: Docker Engine API, POST /grpc.
/// </summary>
public sealed class BuildKitBridge : IAsyncDisposable
{
    private readonly Socket listener;
    private readonly string docker;
    private readonly SslServerAuthenticationOptions? tls;
    private readonly CancellationTokenSource stop = new();
    private readonly ConcurrentBag<Task> serving = [];
    private readonly Task accepting;

    private BuildKitBridge(EndPoint place, string docker, SslServerAuthenticationOptions? tls)
    {
        (this.docker, this.tls) = (docker, tls);
        listener = new Socket(place.AddressFamily, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(place);
        listener.Listen();
        accepting = AcceptAsync();
    }

    /// <summary>The port, where it listens on one.</summary>
    public int Port => ((IPEndPoint)listener.LocalEndPoint!).Port;

    public static BuildKitBridge OnSocket(string path, string docker) => new(new UnixDomainSocketEndPoint(path), docker, null);

    /// <summary>On a free port of loopback, for clients with a certificate of an authority.</summary>
    public static BuildKitBridge WithTls(string docker, PrivateAuthority authority)
    {
        var issued = authority.Issue("localhost");
        using var pem = X509Certificate2.CreateFromPem(issued.CertificatePem, issued.KeyPem);
        return new BuildKitBridge(new IPEndPoint(IPAddress.Loopback, 0), docker, new SslServerAuthenticationOptions
        {
            ServerCertificate = X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null),
            ClientCertificateRequired = true,
            ApplicationProtocols = [SslApplicationProtocol.Http2],
            CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                CustomTrustStore = { X509Certificate2.CreateFromPem(authority.CertificatePem) },
                RevocationMode = X509RevocationMode.NoCheck,
            },
        });
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Dispose();
        await accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.WhenAll(serving).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            var client = await listener.AcceptAsync(stop.Token);
            serving.Add(Task.Run(() => ServeAsync(client), CancellationToken.None));
        }
    }

    private async Task ServeAsync(Socket client)
    {
        await using var plain = new NetworkStream(client, ownsSocket: true);
        await using var secured = tls is null ? null : new SslStream(plain);
        try
        {
            if (secured is not null)
            {
                await secured.AuthenticateAsServerAsync(tls!, stop.Token);
            }

            Stream stream = secured is null ? plain : secured;
            await using var daemon = await ConnectAsync();
            using var end = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
            await Task.WhenAny(stream.CopyToAsync(daemon, end.Token), daemon.CopyToAsync(stream, end.Token));
            await end.CancelAsync();
        }
        catch (Exception refused) when (refused is AuthenticationException or IOException or OperationCanceledException)
        {
            // A client that was refused, or went away.
        }
    }

    private async Task<Stream> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(docker), stop.Token);
        var stream = new NetworkStream(socket, ownsSocket: true);
        var request = "POST /grpc HTTP/1.1\r\nHost: docker\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"u8.ToArray();
        await stream.WriteAsync(request, stop.Token);
        var answer = new StringBuilder();
        var one = new byte[1];
        while (!answer.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await stream.ReadExactlyAsync(one, stop.Token);
            answer.Append((char)one[0]);
        }

        return answer.ToString().StartsWith("HTTP/1.1 101 ", StringComparison.Ordinal)
            ? stream
            : throw new IOException($"The daemon has no /grpc: {answer}");
    }
}
