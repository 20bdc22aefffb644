using ContainerStages.Content;
using ContainerStages.Images;
using ContainerStages.Oci;
using ContainerStages.Registry;

namespace ContainerStages.Sources;

/// <summary>
/// Finds the image that a name means: one built here, one whose digest was learned before, else the registry's. With <paramref name="pull"/>
/// the registry is always asked.
/// </summary>
public sealed class ImageSources(StoreDirectory store, ImageNames names, ImagePuller puller, bool pull)
{
    private readonly RememberedDigests remembered = new(store);

    /// <summary>Manifest and configuration, verified; no layer is downloaded.</summary>
    /// <exception cref="Diagnostics.BuildFailedException">Unknown, unreachable, or not for this platform.</exception>
    public async Task<PulledImage> ResolveAsync(ImageReference reference, Platform platform, CancellationToken cancellationToken)
    {
        if (reference.Digest is null && !pull)
        {
            if (names.Find(reference) is { } local && (MediaTypes.IsIndex(local.MediaType) || (local.Platform is { } built && platform.Matches(built))))
            {
                return await puller.ResolveAsync(reference.WithDigest(local.Digest), platform, cancellationToken);
            }

            if (remembered.Find(reference, platform) is { } digest)
            {
                return await puller.ResolveAsync(reference.WithDigest(digest), platform, cancellationToken);
            }
        }

        var image = await puller.ResolveAsync(reference, platform, cancellationToken);
        remembered.Save(reference, platform, image.Descriptor.Digest);
        return image;
    }
}
