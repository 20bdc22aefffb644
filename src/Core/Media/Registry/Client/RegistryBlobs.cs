using ContainerStages.Content;
using ContainerStages.Oci;

namespace ContainerStages.Media.Registry;

/// <summary>Blobs straight from the registry that an image was resolved at.</summary>
internal sealed class RegistryBlobs(RegistryClient client) : IBlobSource
{
    public Task<Stream> OpenBlobAsync(ImageReference image, Descriptor blob, CancellationToken cancellationToken) =>
        client.OpenBlobAsync(image, blob, cancellationToken);
}
