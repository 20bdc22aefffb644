using System.Net;
using System.Net.Http.Headers;
using ContainerStages.Diagnostics;
using ContainerStages.Oci;

namespace ContainerStages.Registry;

public sealed partial class RegistryClient
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
        ImageReference destination, Descriptor blob, string? mountFrom, Func<CancellationToken, Task<Stream>> open, IProgress<long>? progress, CancellationToken cancellationToken) =>
        AtDestinationAsync(destination, endpoint => new BlobUpload(transport, endpoint, destination, blob, open, progress, Uploads.ChunkSize).RunAsync(mountFrom, cancellationToken));

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
                var detail = await RegistryAnswer.DetailAsync(response, cancellationToken);
                throw Failure(PublishDiagnostics.UploadRefused(name.ToString(), "the manifest", (int)response.StatusCode, detail), $"status {(int)response.StatusCode}");
            }

            var digest = Digest.Of(bytes.Span);
            return DigestHeader(response) is { } stored && stored != digest
                ? throw Failure(PublishDiagnostics.StoredOtherwise(name.ToString(), digest.ToString(), stored.ToString()), "it stored another manifest")
                : true;
        });

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
