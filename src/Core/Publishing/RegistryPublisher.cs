using System.Collections.Immutable;
using ContainerStages.Content;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Images;
using ContainerStages.Oci;
using ContainerStages.Registry;

namespace ContainerStages.Publishing;

/// <summary>
/// Pushes an image, or an index of images, to a registry: first the blobs, of which those that are there already are not sent, then the manifests of
/// an index by digest, and last what the names stand for under each name.
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
    public async Task<PublishedImage> PublishAsync(ImageSet images, CancellationToken cancellationToken)
    {
        var names = furtherTags.Select(destination.WithTag).Prepend(destination).DistinctBy(name => name.ToString()).ToList();
        var missing = await MissingNamesAsync(names, images.Top.Digest, cancellationToken);
        if (missing.Count > 0)
        {
            // A name that has the digest shows that the repository has all blobs.
            if (missing.Count == names.Count)
            {
                await PushBlobsAsync(images.Images, cancellationToken);
            }

            foreach (var name in images.Documents.SkipLast(1).Select(document => (Reference: destination.WithDigest(document.Digest), Document: document))
                .Concat(missing.Select(name => (Reference: name, Document: images.Top))))
            {
                await client.PushManifestAsync(name.Reference, name.Document.MediaType, name.Document.Bytes, cancellationToken);
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

    private async Task PushBlobsAsync(ImmutableArray<Image> images, CancellationToken cancellationToken)
    {
        var configs = images.Select(image => new BlobToPush(image.Manifest.Config, null, image.ConfigBytes));
        // One layer may stand in an image twice, or in several, and a foreign one may not be handed on.
        var blobs = images.SelectMany(image => image.Layers)
            .Where(layer => !(MediaTypes.IsForeignLayer(layer.Layer.Descriptor.MediaType) && layer.Layer.Descriptor.Urls is { Count: > 0 }))
            .Select(layer => new BlobToPush(layer.Layer.Descriptor, layer.Origin, null))
            .Concat(configs).DistinctBy(blob => blob.Descriptor.Digest).ToList();
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
        try
        {
            await client.PushBlobAsync(destination, blob.Descriptor, mountFrom, token => OpenAsync(blob, token), sent, cancellationToken);
        }
        catch (BuildFailedException failure) when (blob.Bytes is null)
        {
            // The registry says of damaged bytes only that they are refused.
            if (await store.DiscardDamagedAsync(blob.Descriptor.Digest, cancellationToken))
            {
                throw new BuildFailedException(StoreDiagnostics.BlobDamaged(blob.Descriptor.Digest.ToString(), "its content has another digest."), failure);
            }

            throw;
        }
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
