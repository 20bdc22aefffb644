using System.Collections.Concurrent;
using System.Net;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Images;
using ContainerStages.Oci;

namespace ContainerStages.Media.Registry;

/// <summary>
/// Pulls from and pushes to registries. Pulls ask the mirrors in order and then the registry itself; pushes go to the registry. Safe for
/// several threads. Source: OCI distribution-spec 1.1.
/// </summary>
internal sealed partial class RegistryClient : IDisposable
{
    /// <summary>Larger manifests are refused, as registries refuse them. Source: distribution-spec, Pushing Manifests.</summary>
    public const long LargestManifest = 4 * 1024 * 1024;

    private readonly RegistriesConfiguration configuration;
    private readonly RegistryTransport transport;
    private readonly ConcurrentDictionary<string, EndpointException> unreachable = new(StringComparer.Ordinal);

    /// <param name="configuration">Mirrors, insecure and blocked registries.</param>
    /// <param name="credentials">Who is logged in where.</param>
    /// <param name="environment">Proxies, certificates, and how uploads are cut.</param>
    /// <param name="events">Told while a registry does not answer for long; null for nobody.</param>
    /// <exception cref="BuildFailedException">A variable has a value that means nothing.</exception>
    public RegistryClient(
        RegistriesConfiguration configuration,
        RegistryCredentials credentials,
        RegistryEnvironment environment,
        IBuildEvents? events = null)
        : this(configuration, credentials, environment, new RetryPolicy(), events)
    {
    }

    internal RegistryClient(
        RegistriesConfiguration configuration,
        RegistryCredentials credentials,
        RegistryEnvironment environment,
        RetryPolicy retry,
        IBuildEvents? events = null)
    {
        this.configuration = configuration;
        Uploads = UploadSettings.Read(environment);
        transport = new RegistryTransport(credentials, environment, retry, events ?? NoBuildEvents.Instance);
    }

    /// <summary>How uploads are cut, and how many run at once.</summary>
    public UploadSettings Uploads { get; }

    /// <summary>A manifest or an index, whichever the reference names, as bytes that match their digest.</summary>
    /// <exception cref="BuildFailedException">No endpoint had it.</exception>
    public Task<ManifestDocument> GetManifestAsync(ImageReference reference, CancellationToken cancellationToken) =>
        FromFirstEndpointAsync(reference, endpoint => GetManifestAsync(endpoint, reference, cancellationToken));

    /// <summary>Digest of what a reference names at the first endpoint that has it; null where the endpoint does not say.</summary>
    /// <exception cref="BuildFailedException">No endpoint had it.</exception>
    public Task<Digest?> FindDigestAsync(ImageReference reference, CancellationToken cancellationToken) =>
        FromFirstEndpointAsync(reference, async endpoint =>
        {
            using var response = await transport.SendAsync(ManifestRequest(HttpMethod.Head, endpoint, reference), cancellationToken);
            ThrowUnlessFound(response, reference, endpoint);
            return DigestHeader(response);
        });

    /// <summary>The first endpoint that has what a reference names: where another program gets it too.</summary>
    /// <exception cref="BuildFailedException">No endpoint had it.</exception>
    public Task<RegistryEndpoint> FindEndpointAsync(ImageReference reference, CancellationToken cancellationToken) =>
        FromFirstEndpointAsync(reference, async endpoint =>
        {
            using var response = await transport.SendAsync(ManifestRequest(HttpMethod.Head, endpoint, reference), cancellationToken);
            ThrowUnlessFound(response, reference, endpoint);
            return endpoint;
        });

    public void Dispose() => transport.Dispose();

    /// <summary>Tried again as a whole: a body may break after its headers.</summary>
    private Task<ManifestDocument> GetManifestAsync(
        RegistryEndpoint endpoint, ImageReference reference, CancellationToken cancellationToken) =>
        transport.Retry.RunAsync(() => GetManifestOnceAsync(endpoint, reference, cancellationToken), cancellationToken);

    private async Task<ManifestDocument> GetManifestOnceAsync(
        RegistryEndpoint endpoint,
        ImageReference reference,
        CancellationToken cancellationToken)
    {
        var request = ManifestRequest(HttpMethod.Get, endpoint, reference) with { CanRepeat = false };
        using var response = await transport.SendAsync(request, cancellationToken);
        ThrowUnlessFound(response, reference, endpoint);
        if (response.StatusCode != HttpStatusCode.OK)
        {
            throw await RegistryAnswer.UnexpectedAsync(request, response, cancellationToken);
        }

        var bytes = await ReadDocumentAsync(response, endpoint, cancellationToken)
            ?? throw Failure(
                RegistryDiagnostics.DocumentTooLarge(
                    $"manifest of '{reference.FamiliarName}'",
                    response.Content.Headers.ContentLength ?? LargestManifest + 1,
                    LargestManifest),
                "manifest too large");
        var digest = Digest.Of(bytes);
        if ((reference.Digest ?? DigestHeader(response)) is { } expected && expected != digest)
        {
            throw Failure(
                RegistryDiagnostics.DigestMismatch(
                    $"manifest for '{reference.FamiliarName}'",
                    endpoint.Host,
                    expected.ToString(),
                    digest.ToString()),
                "manifest with a wrong digest");
        }

        try
        {
            return ManifestDocument.Create(bytes, response.Content.Headers.ContentType?.MediaType, reference, endpoint.Host);
        }
        catch (BuildFailedException e)
        {
            throw Failure(e.Diagnostics[0], "unusable manifest");
        }
    }

    private async Task<byte[]?> ReadDocumentAsync(
        HttpResponseMessage response,
        RegistryEndpoint endpoint,
        CancellationToken cancellationToken)
    {
        try
        {
            return await BoundedBody.ReadAsync(response.Content, LargestManifest, transport.Retry.Stall, cancellationToken);
        }
        catch (Exception e) when (NetworkFailure.Is(e, cancellationToken))
        {
            throw NetworkFailure.From(e, endpoint);
        }
    }

    /// <summary>Tries the endpoints in order. One that nobody answers at is asked once, not again for every blob.</summary>
    private async Task<T> FromFirstEndpointAsync<T>(ImageReference reference, Func<RegistryEndpoint, Task<T>> ask)
    {
        var endpoints = configuration.EndpointsFor(reference);
        var failures = new List<(RegistryEndpoint Endpoint, EndpointException Failure)>();
        foreach (var endpoint in endpoints)
        {
            if (endpoints.Count > 1 && unreachable.TryGetValue(endpoint.Host, out var known))
            {
                failures.Add((endpoint, known));
                continue;
            }

            try
            {
                return await ask(endpoint);
            }
            catch (EndpointException e)
            {
                Remember(endpoint, e);
                failures.Add((endpoint, e));
            }
        }

        throw Everywhere(reference, failures);
    }

    private void Remember(RegistryEndpoint endpoint, EndpointException failure)
    {
        if (failure.Kind is EndpointFailure.Unreachable or EndpointFailure.Silent)
        {
            unreachable[endpoint.Host] = failure;
        }
    }

    private static BuildFailedException Everywhere(
        ImageReference reference, List<(RegistryEndpoint Endpoint, EndpointException Failure)> failures) => failures switch
    {
        [var (_, only)] => new BuildFailedException(only.Diagnostic, only),
        _ => new BuildFailedException(
            RegistryDiagnostics.NoEndpointWorked(
                reference.FamiliarName, failures.Select(failure => (failure.Endpoint.ToString(), failure.Failure.Reason))),
            failures[^1].Failure),
    };

    private static RegistryRequest ManifestRequest(HttpMethod method, RegistryEndpoint endpoint, ImageReference reference) => new()
    {
        Method = method,
        Endpoint = endpoint,
        Path = $"manifests/{reference.Selector}",
        Accept = RegistryRequest.ManifestTypes,
    };

    private static void ThrowUnlessFound(HttpResponseMessage response, ImageReference reference, RegistryEndpoint endpoint)
    {
        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            throw Failure(RegistryDiagnostics.ImageNotFound(reference.FamiliarName, endpoint.Host), "not found");
        }
    }

    private static Digest? DigestHeader(HttpResponseMessage response) =>
        response.IsSuccessStatusCode
            && response.Headers.TryGetValues("Docker-Content-Digest", out var values)
            && Digest.TryParse(values.FirstOrDefault(), out var digest)
            ? digest
            : null;

    private static EndpointException Failure(Diagnostic diagnostic, string reason) => new(diagnostic, reason, EndpointFailure.Final);
}
