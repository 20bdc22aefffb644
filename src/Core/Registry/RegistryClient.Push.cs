using System.Net;
using System.Net.Http.Headers;
using ContainerStages.Diagnostics;
using ContainerStages.Oci;

namespace ContainerStages.Registry;

public sealed partial class RegistryClient
{
    /// <summary>Registries hash an upload before they answer; a large one takes its time.</summary>
    private static readonly TimeSpan LongestCommit = TimeSpan.FromMinutes(10);

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
        AtDestinationAsync(destination, endpoint => HasBlobAsync(endpoint, RegistryAccess.Push, digest, cancellationToken));

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
    /// <param name="open">Opens the content anew for each attempt; not called when the mount works.</param>
    /// <param name="progress">Told how many bytes of the blob are sent; starts again with each attempt.</param>
    /// <param name="cancellationToken">Stops the upload; the registry then has nothing new.</param>
    /// <returns>True where the blob was mounted and nothing sent.</returns>
    /// <exception cref="BuildFailedException">The registry refused or could not be reached.</exception>
    public Task<bool> PushBlobAsync(
        ImageReference destination, Descriptor blob, string? mountFrom, Func<CancellationToken, Task<Stream>> open, IProgress<long>? progress, CancellationToken cancellationToken) =>
        AtDestinationAsync(destination, endpoint => transport.Retry.RunAsync(
            async () =>
            {
                var session = await StartUploadOrMountAsync(endpoint, blob, mountFrom, cancellationToken);
                if (session is not null)
                {
                    await UploadAsync(endpoint, session, destination, blob, open, progress, cancellationToken);
                }

                return session is null;
            },
            cancellationToken));

    /// <summary>Writes a manifest under a name (or its digest): from then on others see the image.</summary>
    /// <exception cref="BuildFailedException">The registry refused, could not be reached, or stored something else.</exception>
    public Task PushManifestAsync(ImageReference name, string mediaType, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        AtDestinationAsync(name, async endpoint =>
        {
            var request = ManifestRequest(HttpMethod.Put, endpoint, name) with
            {
                Access = RegistryAccess.Push,
                Accept = [],
                Content = () => new ReadOnlyMemoryContent(bytes) { Headers = { ContentType = new MediaTypeHeaderValue(mediaType) } },
            };
            using var response = await transport.SendAsync(request, cancellationToken);
            if (response.StatusCode is not (HttpStatusCode.Created or HttpStatusCode.OK or HttpStatusCode.Accepted))
            {
                throw await RefusedAsync("the manifest", name, response, cancellationToken);
            }

            var digest = Digest.Of(bytes.Span);
            return DigestHeader(response) is { } stored && stored != digest
                ? throw Failure(PublishDiagnostics.StoredOtherwise(name.ToString(), digest.ToString(), stored.ToString()), "it stored another manifest")
                : true;
        });

    /// <summary>A mount that is not allowed is no reason not to send the blob.</summary>
    private async Task<Uri?> StartUploadOrMountAsync(RegistryEndpoint endpoint, Descriptor blob, string? mountFrom, CancellationToken cancellationToken)
    {
        try
        {
            return await StartUploadAsync(endpoint, blob, mountFrom, cancellationToken);
        }
        catch (EndpointException e) when (mountFrom is not null && e.Kind == EndpointFailure.Final)
        {
            return await StartUploadAsync(endpoint, blob, null, cancellationToken);
        }
    }

    /// <summary>Opens an upload session, or has the blob mounted: then there is no session.</summary>
    private async Task<Uri?> StartUploadAsync(RegistryEndpoint endpoint, Descriptor blob, string? mountFrom, CancellationToken cancellationToken)
    {
        var request = new RegistryRequest
        {
            Method = HttpMethod.Post,
            Endpoint = endpoint,
            Path = "blobs/uploads/" + (mountFrom is null ? "" : $"?mount={Uri.EscapeDataString(blob.Digest.ToString())}&from={Uri.EscapeDataString(mountFrom)}"),
            Access = RegistryAccess.Push,
            AlsoRead = mountFrom,
            Content = static () => new ByteArrayContent([]),
            CanRepeat = false,
        };
        using var response = await transport.SendAsync(request, cancellationToken);
        return response.StatusCode switch
        {
            HttpStatusCode.Created when mountFrom is not null => null,
            HttpStatusCode.Accepted when response.Headers.Location is { } location => await transport.ResolveAsync(endpoint, location, cancellationToken),
            _ => throw await RegistryAnswer.UnexpectedAsync(request, response, cancellationToken),
        };
    }

    /// <summary>One PUT with the whole content. Source: distribution-spec, POST then PUT.</summary>
    private async Task UploadAsync(
        RegistryEndpoint endpoint, Uri session, ImageReference destination, Descriptor blob, Func<CancellationToken, Task<Stream>> open, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        // Opened before the request, so that a fault of the store does not look like one of the network.
        await using var content = await open(cancellationToken);
        using var watched = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var request = new RegistryRequest
        {
            Method = HttpMethod.Put,
            Endpoint = endpoint,
            Path = "blobs/uploads/",
            Target = WithDigest(session, blob.Digest),
            Access = RegistryAccess.Push,
            Content = () => new BlobContent(blob.Size, content, progress, watched) { Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream") } },
            CanRepeat = false,
            IsBodySpent = true,
            Timeout = Timeout.InfiniteTimeSpan,
        };
        try
        {
            using var response = await transport.SendAsync(request, watched.Token);
            if (response.StatusCode is not (HttpStatusCode.Created or HttpStatusCode.NoContent))
            {
                throw await RefusedAsync($"blob {blob.Digest}", destination, response, cancellationToken);
            }
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw NetworkFailure.From(new IOException("the registry took no bytes for a minute", e), endpoint);
        }
    }

    private static Uri WithDigest(Uri session, Digest digest)
    {
        var query = session.Query.TrimStart('?');
        return new UriBuilder(session) { Query = $"{query}{(query.Length > 0 ? "&" : "")}digest={Uri.EscapeDataString(digest.ToString())}" }.Uri;
    }

    private static async Task<EndpointException> RefusedAsync(string what, ImageReference destination, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var detail = await RegistryAnswer.DetailAsync(response, cancellationToken);
        // A session that vanished (404, 416) or an upload the registry hashed otherwise (400) may have been damaged on the way.
        var kind = response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.RequestedRangeNotSatisfiable ? EndpointFailure.Transient : EndpointFailure.Final;
        return new EndpointException(PublishDiagnostics.UploadRefused(destination.ToString(), what, (int)response.StatusCode, detail), $"status {(int)response.StatusCode}", kind);
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

    /// <summary>A blob on its way to the registry; cancels the request when nothing moves for a minute.</summary>
    private sealed class BlobContent(long size, Stream content, IProgress<long>? progress, CancellationTokenSource watched) : HttpContent
    {
        protected override bool TryComputeLength(out long length)
        {
            length = size;
            return true;
        }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, watched.Token);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            using var buffer = new PooledBuffer();
            var sent = 0L;
            int count;
            while ((count = await content.ReadAsync(buffer.Memory, cancellationToken)) > 0)
            {
                watched.CancelAfter(BoundedBody.Stall);
                await stream.WriteAsync(buffer.Memory[..count], cancellationToken);
                progress?.Report(sent += count);
            }

            watched.CancelAfter(LongestCommit);
        }
    }
}
