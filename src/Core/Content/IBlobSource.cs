using ContainerStages.Oci;

namespace ContainerStages.Content;

/// <summary>Opens blobs where an image was found: a registry, a layout folder, an archive.</summary>
internal interface IBlobSource
{
    /// <summary>The blob as it is stored there; the reader checks size and digest.</summary>
    /// <exception cref="System.Exception">It is not there, or cannot be reached.</exception>
    Task<Stream> OpenBlobAsync(ImageReference image, Descriptor blob, CancellationToken cancellationToken);
}
