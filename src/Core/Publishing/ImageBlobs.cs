using ContainerStages.Content;
using ContainerStages.Diagnostics;
using ContainerStages.Images;
using ContainerStages.Oci;
using ContainerStages.Posix;

namespace ContainerStages.Publishing;

/// <summary>What files of an image have in common: its blobs on this machine, and the names in them.</summary>
internal static class ImageBlobs
{
    /// <summary>Configuration, layers (each once) and manifest, in the order in which a reader needs them to exist.</summary>
    public static IReadOnlyList<Descriptor> All(Image image) =>
        [.. image.Manifest.Layers.Prepend(image.Manifest.Config).Append(image.Descriptor).DistinctBy(blob => blob.Digest)];

    /// <summary>Fetches base layers that nobody needed so far.</summary>
    /// <exception cref="BuildFailedException">A blob is nowhere to be had.</exception>
    public static async Task FetchMissingAsync(Image image, IContentStore store, IBlobFetcher? fetcher, CancellationToken cancellationToken)
    {
        foreach (var (layer, origin) in image.Layers)
        {
            if (store.Contains(layer.Descriptor.Digest))
            {
                continue;
            }

            if (origin is null || fetcher is null)
            {
                throw new BuildFailedException(ArchiveDiagnostics.BlobMissing(layer.Descriptor.Digest.ToString()));
            }

            await fetcher.FetchAsync(origin, layer.Descriptor, cancellationToken);
        }
    }

    /// <summary>Opens a blob for one reading to the end, which verifies it.</summary>
    public static Stream OpenVerified(Image image, IContentStore store, Descriptor blob)
    {
        var stream = blob.Digest == image.Digest ? new MemoryStream(image.ManifestBytes.ToArray())
            : blob.Digest == image.Manifest.Config.Digest ? new MemoryStream(image.ConfigBytes.ToArray())
            : store.OpenRead(blob.Digest);
        return new VerifyingStream(stream, blob.Digest, blob.Size);
    }

    /// <exception cref="BuildFailedException">A name is no image reference.</exception>
    public static IReadOnlyList<ImageReference> ParseNames(IReadOnlyList<string> names) =>
        [.. names.Select(name => ImageReference.TryParse(name) is { Tag: not null, Digest: null } reference ? reference : throw new BuildFailedException(ArchiveDiagnostics.NameInvalid(name)))];

    /// <summary>Runs the writing of a file or folder and says in the user's terms why it failed.</summary>
    public static async Task<T> GuardAsync<T>(string path, Func<Task<T>> write)
    {
        try
        {
            return await write();
        }
        catch (DigestMismatchException exception)
        {
            throw new BuildFailedException(StoreDiagnostics.BlobDamaged(exception.Expected.ToString(), $"its content has digest {exception.Actual}."), exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new BuildFailedException(DiskSpace.IsFull(exception) ? ArchiveDiagnostics.DiskFull(path) : ArchiveDiagnostics.CannotWrite(path, exception.Message), exception);
        }
    }
}
