using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Threading.Channels;
using ContainerStages.Diagnostics;
using ContainerStages.Oci;
using Microsoft.Win32.SafeHandles;

namespace ContainerStages.Media.Registry;

internal sealed partial class RegistryClient
{
    /// <summary>Digest under a name at the destination, or null where there is nothing (or no such repository yet).</summary>
    /// <exception cref="BuildFailedException">The registry refused or could not be reached.</exception>
    public Task<Digest?> FindPublishedAsync(ImageReference destination, CancellationToken cancellationToken) =>
        AtDestinationAsync(destination, async endpoint =>
        {
            var request = ManifestRequest(HttpMethod.Head, endpoint, destination) with { Access = RegistryAccess.Push };
            using var response = await transport.SendAsync(request, cancellationToken);
            return DigestHeader(response);
        });

    /// <summary>True where the destination's repository has the blob.</summary>
    /// <exception cref="BuildFailedException">The registry refused or could not be reached.</exception>
    public Task<bool> HasPublishedBlobAsync(ImageReference destination, Digest digest, CancellationToken cancellationToken) =>
        AtDestinationAsync(destination, endpoint => HasBlobAsync(endpoint, digest, cancellationToken));

    /// <summary>
    /// Repository of the destination's own registry that an image was pulled from, when that is so after all mirrors: its blobs need not
    /// be sent.
    /// </summary>
    public string? FindMountSource(ImageReference destination, ImageReference origin)
    {
        var target = configuration.DestinationFor(destination);
        return configuration.EndpointsFor(origin)
            .FirstOrDefault(endpoint => endpoint.Host == target.Host && endpoint.Repository != target.Repository)?.Repository;
    }

    /// <summary>
    /// Sends a blob the destination lacks. With <paramref name="mountFrom"/> the registry is asked to take it from that repository first.
    /// </summary>
    /// <param name="destination">Names registry and repository.</param>
    /// <param name="blob">What is sent.</param>
    /// <param name="mountFrom">A repository of the same registry, or null.</param>
    /// <param name="open">Opens the content anew for each attempt, as a stream that can seek; not called when the mount works.</param>
    /// <param name="progress">Told how many bytes of the blob are sent; goes back when an attempt starts again.</param>
    /// <param name="cancellationToken">Stops the upload; the registry then has nothing new.</param>
    /// <returns>True where the blob was mounted and nothing sent.</returns>
    /// <exception cref="BuildFailedException">The registry refused or could not be reached.</exception>
    public Task<bool> PushBlobAsync(
        ImageReference destination,
        Descriptor blob,
        string? mountFrom,
        Func<CancellationToken, Task<Stream>> open,
        IProgress<long>? progress,
        CancellationToken cancellationToken) =>
        AtDestinationAsync(
            destination,
            endpoint => new BlobUpload(transport, endpoint, destination, blob, open, progress, Uploads.ChunkSize).RunAsync(
                mountFrom,
                cancellationToken));

    /// <summary>Begins to send a blob that is still being written.</summary>
    /// <param name="destination">Names registry and repository.</param>
    /// <param name="open">Opens the file that it is written to.</param>
    /// <param name="lengths">How many bytes the file has; ends with it.</param>
    /// <exception cref="BuildFailedException">The registry is blocked.</exception>
    public GrowingUpload BeginUpload(ImageReference destination, Func<SafeFileHandle> open, ChannelReader<long> lengths) =>
        new(transport, configuration.DestinationFor(destination), open(), lengths);

    /// <summary>Writes a manifest under a name (or its digest): from then on others see the image.</summary>
    /// <exception cref="BuildFailedException">The registry refused, could not be reached, or stored something else.</exception>
    public Task PushManifestAsync(ImageReference name, string mediaType, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        AtDestinationAsync(
            name,
            endpoint => transport.Retry.RunAsync(
                () => PushManifestOnceAsync(endpoint, name, mediaType, bytes, cancellationToken),
                cancellationToken));

    private async Task<bool> PushManifestOnceAsync(
        RegistryEndpoint endpoint,
        ImageReference name,
        string mediaType,
        ReadOnlyMemory<byte> bytes,
        CancellationToken cancellationToken)
    {
        var request = ManifestRequest(HttpMethod.Put, endpoint, name) with
        {
            Access = RegistryAccess.Push,
            Accept = [],
            Content = () => new ReadOnlyMemoryContent(bytes) { Headers = { ContentType = new MediaTypeHeaderValue(mediaType) } },
            CanRepeat = false,
        };
        using var response = await SendManifestAsync(request, name, bytes, cancellationToken);
        if (response.StatusCode is not (HttpStatusCode.Created or HttpStatusCode.OK or HttpStatusCode.Accepted))
        {
            throw await RefusedAsync(name, response, cancellationToken);
        }

        var digest = Digest.Of(bytes.Span);
        return DigestHeader(response) is { } stored && stored != digest
            ? throw Failure(
                PublishDiagnostics.StoredOtherwise(name.ToString(), digest.ToString(), stored.ToString()),
                "it stored another manifest")
            : true;
    }

    /// <summary>docker-registry 2.8 answers 500 where it does not allow the <c>urls</c> of a layer: asking again is no use then.</summary>
    private async Task<HttpResponseMessage> SendManifestAsync(
        RegistryRequest request,
        ImageReference name,
        ReadOnlyMemory<byte> bytes,
        CancellationToken cancellationToken)
    {
        try
        {
            return await transport.SendAsync(request, cancellationToken);
        }
        catch (EndpointException e)
            when (e is { Status: HttpStatusCode.InternalServerError, Detail: var detail } && LayersWithUrls(bytes) is { Count: > 0 } layers)
        {
            throw new EndpointException(
                PublishDiagnostics.UrlsRefused(name.ToString(), layers, detail),
                "addresses of layers refused",
                EndpointFailure.Final,
                e);
        }
    }

    private static List<(string Layer, IEnumerable<string> Urls)> LayersWithUrls(ReadOnlyMemory<byte> document) =>
        [.. from layer in JsonSerializer.Deserialize(document.Span, OciJson.Plain.Manifest)?.Layers ?? []
            where layer.Urls is { Count: > 0 }
            select (layer.Digest.ToString(), layer.Urls!.AsEnumerable())];

    /// <summary>
    /// The digest is right, so whoever says otherwise got other bytes, or looked while another push of the same image was writing:
    /// docker-registry 2.8 reads its own half-written files then.
    /// </summary>
    private static async Task<EndpointException> RefusedAsync(
        ImageReference name,
        HttpResponseMessage response,
        CancellationToken cancellationToken)
    {
        var detail = await RegistryAnswer.DetailAsync(response, cancellationToken);
        return detail.Contains("BLOB_UNKNOWN", StringComparison.Ordinal)
            ? new EndpointException(PublishDiagnostics.PartMissing(name.ToString(), detail), "a part is missing", EndpointFailure.Final)
            : new EndpointException(
                PublishDiagnostics.UploadRefused(name.ToString(), "the manifest", (int)response.StatusCode, detail),
                $"status {(int)response.StatusCode}",
                detail.Contains("DIGEST_INVALID", StringComparison.Ordinal) ? EndpointFailure.Transient : EndpointFailure.Final);
    }

    private async Task<T> AtDestinationAsync<T>(ImageReference destination, Func<RegistryEndpoint, Task<T>> ask)
    {
        try
        {
            return await ask(configuration.DestinationFor(destination));
        }
        catch (EndpointException e)
        {
            throw new BuildFailedException(e.Diagnostic, e);
        }
    }
}
