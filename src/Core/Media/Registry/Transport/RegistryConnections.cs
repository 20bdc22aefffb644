using System.Collections.Concurrent;
using System.Net;
using ContainerStages.Diagnostics;

namespace ContainerStages.Media.Registry;

/// <summary>Where an endpoint really is: scheme, name and port, and the client whose TLS rules apply to it.</summary>
internal sealed record RegistryConnection(Uri Base, HttpClient Client)
{
    /// <summary>True for the very server of this connection: only it may see its credentials.</summary>
    public bool IsSameOrigin(Uri uri) =>
        uri.Scheme == Base.Scheme && uri.IdnHost == Base.IdnHost && uri.Port == Base.Port;
}

/// <summary>
/// Finds out how to speak to each endpoint. As in Docker: loopback hosts speak plain HTTP (or TLS that nobody verifies), insecure ones
/// TLS that is not verified or else plain HTTP, all others verified TLS.
/// </summary>
internal sealed class RegistryConnections : IDisposable
{
    private readonly bool offline;
    private readonly TimeSpan patience;
    private readonly ConcurrentDictionary<(string Address, bool Insecure), RegistryConnection> known = new();
    private readonly ConcurrentDictionary<(string? Certificates, bool Verify), Lazy<HttpClient>> clients = new();
    private readonly RegistryCertificates certificates;
    private readonly Lazy<ProxyRules> proxy;

    /// <param name="environment">Proxies and certificates.</param>
    /// <param name="patience">How long a server is waited for until it is clear how to speak to it, for each way.</param>
    public RegistryConnections(RegistryEnvironment environment, TimeSpan patience)
    {
        offline = environment.Offline;
        this.patience = patience;
        certificates = new RegistryCertificates(environment);
        proxy = new(() => new ProxyRules(environment));
    }

    /// <exception cref="EndpointException">Nobody answers there.</exception>
    /// <exception cref="BuildFailedException">The build is offline.</exception>
    public async ValueTask<RegistryConnection> ConnectAsync(RegistryEndpoint endpoint, CancellationToken cancellationToken)
    {
        if (offline)
        {
            throw new NetworkNeededException($"the registry {endpoint.Host}");
        }

        var key = (endpoint.Address, endpoint.Insecure);
        if (known.TryGetValue(key, out var connection))
        {
            return connection;
        }

        connection = endpoint.IsLoopback || endpoint.Insecure
            ? await ProbeAsync(endpoint, cancellationToken)
            : new RegistryConnection(new Uri($"https://{endpoint.Address}/"), Client([endpoint.Host, endpoint.Address], verify: true));
        return known.GetOrAdd(key, connection);
    }

    /// <summary>
    /// The client for another server that <paramref name="endpoint"/> leads to: a token server, storage behind a redirect.
    /// </summary>
    public HttpClient ClientFor(Uri target, RegistryEndpoint endpoint) => Client(
        target.IsDefaultPort ? [target.IdnHost, $"{target.IdnHost}:{target.Port}"] : [$"{target.IdnHost}:{target.Port}"],
        verify: !(endpoint.Insecure || (endpoint.IsLoopback && RegistryEndpoint.IsLoopbackName(target.IdnHost))));

    public void Dispose()
    {
        foreach (var client in clients.Values.Where(client => client.IsValueCreated))
        {
            client.Value.Dispose();
        }

        certificates.Dispose();
    }

    private async Task<RegistryConnection> ProbeAsync(RegistryEndpoint endpoint, CancellationToken cancellationToken)
    {
        string[] schemes = endpoint.IsLoopback ? ["http", "https"] : ["https", "http"];
        var failures = new List<EndpointException>();
        foreach (var scheme in schemes)
        {
            var connection = new RegistryConnection(
                new Uri($"{scheme}://{endpoint.Address}/"),
                Client([endpoint.Host, endpoint.Address], verify: false));
            try
            {
                if (await SpeaksAsync(connection, cancellationToken))
                {
                    return connection;
                }
            }
            catch (Exception e) when (NetworkFailure.Is(e, cancellationToken))
            {
                failures.Add(NetworkFailure.From(e, endpoint));
            }
        }

        throw failures is [var first, ..] ? first : NetworkFailure.NotARegistry(endpoint);
    }

    private async Task<bool> SpeaksAsync(RegistryConnection connection, CancellationToken cancellationToken)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(patience);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(connection.Base, "/v2/"));
        using var response = await connection.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limited.Token);
        // Servers written in Go, most registries among them, answer plain HTTP on a TLS port with this status and a sentence.
        return connection.Base.Scheme != "http" || response.StatusCode != HttpStatusCode.BadRequest;
    }

    private HttpClient Client(IEnumerable<string> addresses, bool verify)
    {
        var folder = certificates.FolderFor(addresses);
        return clients.GetOrAdd((folder, verify), _ => new(() => CreateClient(folder, verify))).Value;
    }

#pragma warning disable CA2000 // The client disposes of its handler.
    private HttpClient CreateClient(string? folder, bool verify) =>
        new(CreateHandler(folder, verify), disposeHandler: true) { Timeout = Timeout.InfiniteTimeSpan };
#pragma warning restore CA2000

    private SocketsHttpHandler CreateHandler(string? folder, bool verify)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
            InitialHttp2StreamWindowSize = 1024 * 1024,
            MaxResponseHeadersLength = 64,
            Proxy = proxy.Value,
        };
        if (!verify)
        {
#pragma warning disable CA5359, MA0039 // Asked for by "insecure = true", or a server of this very machine.
            handler.SslOptions.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
#pragma warning restore CA5359, MA0039
        }

        if (folder is not null)
        {
            certificates.Apply(folder, handler.SslOptions);
        }

        return handler;
    }
}
