using ContainerStages.Content;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Images;
using ContainerStages.Oci;
using ContainerStages.Registry;

namespace ContainerStages.Publishing;

/// <summary>
/// Pushes an image to a registry: first its blobs, of which those that are there already are not sent, then the manifest under each name.
/// </summary>
/// <param name="client">Speaks to the registry.</param>
/// <param name="destination">Registry, repository and first tag.</param>
/// <param name="furtherTags">More names in the same repository.</param>
/// <param name="store">Where the blobs are.</param>
/// <param name="fetcher">Brings blobs of base images that only their registry has.</param>
/// <param name="events">Told of progress.</param>
/// <param name="stepId">The step that the progress belongs to.</param>
public sealed class RegistryPublisher(
    RegistryClient client, ImageReference destination, IReadOnlyList<string> furtherTags, IContentStore store, IBlobFetcher fetcher, IBuildEvents events, string stepId) : IPublisher
{
    public string Destination => destination.ToString();

    /// <inheritdoc/>
    public async Task<PublishedImage> PublishAsync(Image image, CancellationToken cancellationToken)
    {
        var names = furtherTags.Select(destination.WithTag).Prepend(destination).DistinctBy(name => name.ToString()).ToList();
        var missing = await MissingNamesAsync(names, image.Digest, cancellationToken);
        if (missing.Count > 0)
        {
            // A name that has the digest shows that the repository has all blobs.
            if (missing.Count == names.Count)
            {
                await PushBlobsAsync(image, cancellationToken);
            }

            foreach (var name in missing)
            {
                await client.PushManifestAsync(name, image.MediaType, image.ManifestBytes, cancellationToken);
            }
        }

        return new PublishedImage([.. names.Select(name => name.ToString())], [], Written: missing.Count > 0);
    }

    private async Task<List<ImageReference>> MissingNamesAsync(List<ImageReference> names, Digest digest, CancellationToken cancellationToken)
    {
        var missing = new List<ImageReference>();
        foreach (var name in names)
        {
            if (await client.FindPublishedAsync(name, cancellationToken) != digest)
            {
                missing.Add(name);
            }
        }

        return missing;
    }

    private async Task PushBlobsAsync(Image image, CancellationToken cancellationToken)
    {
        var config = new BlobToPush(image.Manifest.Config, null, image.ConfigBytes);
        // One layer may stand in an image twice, and a foreign one may not be handed on.
        var blobs = image.Layers.Where(layer => !(MediaTypes.IsForeignLayer(layer.Layer.Descriptor.MediaType) && layer.Layer.Descriptor.Urls is { Count: > 0 })).Select(layer => new BlobToPush(layer.Layer.Descriptor, layer.Origin, null))
            .DistinctBy(blob => blob.Descriptor.Digest).Append(config).ToList();
        var progress = new PushProgress(events, stepId, blobs.Sum(blob => blob.Descriptor.Size));
        var options = new ParallelOptions { MaxDegreeOfParallelism = client.Uploads.AtOnce, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(blobs, options, async (blob, token) =>
        {
            await PushBlobAsync(blob, progress, token);
            progress.Report(blob.Descriptor.Digest, blob.Descriptor.Size);
        });
        progress.Finish();
    }

    private async Task PushBlobAsync(BlobToPush blob, PushProgress progress, CancellationToken cancellationToken)
    {
        if (await client.HasPublishedBlobAsync(destination, blob.Descriptor.Digest, cancellationToken))
        {
            return;
        }

        var mountFrom = blob.Origin is { } origin ? client.FindMountSource(destination, origin) : null;
        var sent = new BlobProgress(progress, blob.Descriptor.Digest);
        await client.PushBlobAsync(destination, blob.Descriptor, mountFrom, token => OpenAsync(blob, token), sent, cancellationToken);
    }

    private async Task<Stream> OpenAsync(BlobToPush blob, CancellationToken cancellationToken)
    {
        if (blob.Bytes is { } bytes)
        {
            return new MemoryStream(bytes.ToArray(), writable: false);
        }

        if (!store.Contains(blob.Descriptor.Digest))
        {
            var origin = blob.Origin ?? throw new BuildFailedException(PublishDiagnostics.LayerContentMissing(blob.Descriptor.Digest.ToString(), Destination));
            await fetcher.FetchAsync(origin, blob.Descriptor, cancellationToken);
        }

        return store.OpenRead(blob.Descriptor.Digest);
    }

    private sealed record BlobToPush(Descriptor Descriptor, ImageReference? Origin, ReadOnlyMemory<byte>? Bytes);

    private sealed class BlobProgress(PushProgress progress, Digest digest) : IProgress<long>
    {
        public void Report(long value) => progress.Report(digest, value);
    }
}
