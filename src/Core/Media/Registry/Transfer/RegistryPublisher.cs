using System.Collections.Immutable;
using ContainerStages.Content;
using ContainerStages.Diagnostics;
using ContainerStages.Images;
using ContainerStages.Oci;
using ContainerStages.Publishing;

namespace ContainerStages.Media.Registry;

/// <summary>
/// Pushes an image, or an index of images, to a registry: first the blobs, of which those that are there already are not sent, then the
/// manifests of an index by digest, and last what the names stand for under each name.
/// </summary>
/// <param name="client">Speaks to the registry.</param>
/// <param name="destination">Registry, repository and first tag.</param>
/// <param name="furtherTags">More names in the same repository.</param>
/// <param name="store">Where the blobs are.</param>
/// <param name="fetcher">Brings blobs of base images that only their registry has.</param>
/// <param name="events">Told of progress.</param>
/// <param name="stepId">The step that the progress belongs to.</param>
internal sealed class RegistryPublisher(
    RegistryClient client,
    ImageReference destination,
    IReadOnlyList<string> furtherTags,
    IContentStore store,
    IBlobFetcher fetcher,
    IBuildEvents events,
    string stepId) : IPublisher
{
    /// <summary>Blobs that are on their way already; null for none.</summary>
    public EarlyUploads? Early { get; init; }

    public string Destination => destination.ToString();

    private IReadOnlyList<ImageReference> Names =>
        [.. furtherTags.Select(destination.WithTag).Prepend(destination).DistinctBy(name => name.ToString())];

    /// <summary>True where nothing is left to do: every name stands for these images, and the images of an index are there.</summary>
    /// <exception cref="BuildFailedException">The registry refused or could not be reached.</exception>
    public async Task<bool> IsThereAsync(ImageSet images, CancellationToken cancellationToken) =>
        (await MissingNamesAsync(Names, images.Top.Digest, cancellationToken)).Count == 0
            && (await LostImagesAsync(images, cancellationToken)).Length == 0;

    /// <inheritdoc/>
    public async Task<PublishedImage> PublishAsync(ImageSet images, CancellationToken cancellationToken)
    {
        var missing = await MissingNamesAsync(Names, images.Top.Digest, cancellationToken);
        // A name that has the digest shows that the repository has the image with all blobs. An index has images of their own, which a
        // clean-up may have taken.
        var lacking = missing.Count == Names.Count ? images.Images : await LostImagesAsync(images, cancellationToken);
        await PushBlobsAsync(lacking, isLookedFor: true, cancellationToken);
        foreach (var image in images.Index is null ? [] : lacking)
        {
            await PushManifestAsync(destination.WithDigest(image.Digest), image.Document, [image], cancellationToken);
        }

        foreach (var name in missing)
        {
            await PushManifestAsync(name, images.Top, images.Images, cancellationToken);
        }

        return new PublishedImage([.. Names.Select(name => name.ToString())], [], Written: missing.Count + lacking.Length > 0);
    }

    /// <summary>
    /// Images of an index that is there, which the registry does not have: <c>docker-registry garbage-collect --delete-untagged</c> removes
    /// what has no tag of its own, also from under an index.
    /// </summary>
    private async Task<ImmutableArray<Image>> LostImagesAsync(ImageSet images, CancellationToken cancellationToken)
    {
        if (images.Index is null)
        {
            return [];
        }

        var found = await Task.WhenAll(
            images.Images.Select(image => client.FindPublishedAsync(destination.WithDigest(image.Digest), cancellationToken)));
        return [.. images.Images.Where((image, place) => found[place] != image.Digest)];
    }

    /// <summary>
    /// A registry may say that it has a blob and miss it afterwards, where it remembers what a clean-up removed: then it gets the blobs
    /// unasked.
    /// </summary>
    private async Task PushManifestAsync(
        ImageReference name,
        ImageDocument document,
        ImmutableArray<Image> images,
        CancellationToken cancellationToken)
    {
        try
        {
            await client.PushManifestAsync(name, document.MediaType, document.Bytes, cancellationToken);
        }
        catch (BuildFailedException failure) when (PublishDiagnostics.BlamesPart(failure))
        {
            await PushBlobsAsync(images, isLookedFor: false, cancellationToken);
            await client.PushManifestAsync(name, document.MediaType, document.Bytes, cancellationToken);
        }
    }

    private async Task<List<ImageReference>> MissingNamesAsync(
        IReadOnlyList<ImageReference> names,
        Digest digest,
        CancellationToken cancellationToken)
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

    private async Task PushBlobsAsync(ImmutableArray<Image> images, bool isLookedFor, CancellationToken cancellationToken)
    {
        if (images.IsEmpty)
        {
            return;
        }

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
            await PushBlobAsync(blob, isLookedFor, progress, token);
            progress.Report(blob.Descriptor.Digest, blob.Descriptor.Size);
        });
        progress.Finish();
    }

    private async Task PushBlobAsync(BlobToPush blob, bool isLookedFor, PushProgress progress, CancellationToken cancellationToken)
    {
        if (isLookedFor && await client.HasPublishedBlobAsync(destination, blob.Descriptor.Digest, cancellationToken))
        {
            Early?.GiveUp(blob.Descriptor.Digest);
            return;
        }

        var sent = new BlobProgress(progress, blob.Descriptor.Digest);
        if (Early is not null && await Early.TryCommitAsync(destination, blob.Descriptor.Digest, sent, cancellationToken))
        {
            return;
        }

        var mountFrom = isLookedFor && blob.Origin is { } origin ? client.FindMountSource(destination, origin) : null;
        try
        {
            await client.PushBlobAsync(destination, blob.Descriptor, mountFrom, token => OpenAsync(blob, token), sent, cancellationToken);
        }
        catch (BuildFailedException failure) when (blob.Bytes is null)
        {
            // The registry says of damaged bytes only that they are refused.
            if (await store.DiscardDamagedAsync(blob.Descriptor.Digest, cancellationToken))
            {
                throw new BuildFailedException(
                    StoreDiagnostics.BlobDamaged(blob.Descriptor.Digest.ToString(), "its content has another digest."),
                    failure);
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
            var origin = blob.Origin
                ?? throw new BuildFailedException(PublishDiagnostics.LayerContentMissing(blob.Descriptor.Digest.ToString(), Destination));
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
