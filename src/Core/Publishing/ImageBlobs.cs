using ContainerStages.Content;
using ContainerStages.Diagnostics;
using ContainerStages.Images;
using ContainerStages.Oci;
using ContainerStages.Posix;

namespace ContainerStages.Publishing;

/// <summary>What files of an image have in common: its blobs on this machine, and the names in them.</summary>
internal static class ImageBlobs
{
    /// <summary>Configurations, layers (each once), manifests and index, in the order in which a reader needs them to exist.</summary>
    public static IReadOnlyList<Descriptor> All(ImageSet images) =>
        [.. images.Images.SelectMany(image => image.Manifest.Layers.Prepend(image.Manifest.Config))
            .Concat(images.Documents.Select(document => document.Descriptor))
            .DistinctBy(blob => blob.Digest)];

    /// <summary>Fetches base layers that nobody needed so far, side by side.</summary>
    /// <exception cref="BuildFailedException">A blob is nowhere to be had.</exception>
    public static Task FetchMissingAsync(ImageSet images, IContentStore store, IBlobFetcher? fetcher, CancellationToken cancellationToken)
    {
        var missing = images.Images
            .SelectMany(image => image.Layers).DistinctBy(layer => layer.Layer.Descriptor.Digest)
            .Where(layer => !store.Contains(layer.Layer.Descriptor.Digest))
            .ToArray();
        return missing.FirstOrDefault(layer => layer.Origin is null || fetcher is null) is { } lost
            ? throw new BuildFailedException(ArchiveDiagnostics.BlobMissing(lost.Layer.Descriptor.Digest.ToString()))
            : Task.WhenAll(missing.Select(layer => fetcher!.FetchAsync(layer.Origin!, layer.Layer.Descriptor, cancellationToken)));
    }

    /// <summary>The one image, for a place that holds no index.</summary>
    /// <exception cref="BuildFailedException">There are several.</exception>
    public static Image Only(ImageSet images, string destination) => images is { Images: [var only] }
        ? only
        : throw new BuildFailedException(
            PlatformDiagnostics.OnePlatformOnly(destination, images.Images.Select(one => one.Config.Platform.ToString())));

    /// <summary>Opens a blob for one reading to the end, which verifies it; a damaged one counts as missing afterwards.</summary>
    public static Stream OpenVerified(ImageSet images, IContentStore store, Descriptor blob)
    {
        var stream = Find(images, blob.Digest) is { } bytes ? new MemoryStream(bytes.ToArray()) : store.OpenRead(blob.Digest);
        return new VerifyingStream(stream, blob.Digest, blob.Size, () => store.Discard(blob.Digest));
    }

    /// <summary>A document of the images, which need not be in the store; null for a layer.</summary>
    private static ReadOnlyMemory<byte>? Find(ImageSet images, Digest digest) =>
        images.Documents.FirstOrDefault(document => document.Digest == digest)?.Bytes
        ?? images.Images.FirstOrDefault(image => image.Manifest.Config.Digest == digest)?.ConfigBytes;

    /// <exception cref="BuildFailedException">A name is no image reference.</exception>
    public static IReadOnlyList<ImageReference> ParseNames(IReadOnlyList<string> names) =>
        [.. names.Select(name => ImageReference.TryParse(name) is { Tag: not null, Digest: null } reference
            ? reference
            : throw new BuildFailedException(ArchiveDiagnostics.NameInvalid(name)))];

    /// <summary>Runs the writing of a file or folder and says in the user's terms why it failed.</summary>
    public static async Task<T> GuardAsync<T>(string path, Func<Task<T>> write)
    {
        try
        {
            return await write();
        }
        catch (DigestMismatchException exception)
        {
            throw new BuildFailedException(
                StoreDiagnostics.BlobDamaged(exception.Expected.ToString(), $"its content has digest {exception.Actual}."),
                exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new BuildFailedException(
                DiskSpace.IsFull(exception) ? ArchiveDiagnostics.DiskFull(path) : ArchiveDiagnostics.CannotWrite(path, exception.Message),
                exception);
        }
    }
}
