using ContainerStages.Oci;

namespace ContainerStages.Content;

/// <summary>Blobs of a store that is only read, and of elsewhere what it lacks.</summary>
internal sealed class StoredBlobs(IContentStore content, IBlobSource elsewhere) : IBlobSource
{
    /// <inheritdoc/>
    public Task<Stream> OpenBlobAsync(ImageReference image, Descriptor blob, CancellationToken cancellationToken) =>
        content.Holds(blob)
            ? Task.FromResult(content.OpenRead(blob.Digest))
            : elsewhere.OpenBlobAsync(image, blob, cancellationToken);
}
