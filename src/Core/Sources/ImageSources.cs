using ContainerStages.Content;
using ContainerStages.Diagnostics;
using ContainerStages.Images;
using ContainerStages.Media.Registry;
using ContainerStages.Oci;

namespace ContainerStages.Sources;

/// <summary>
/// Finds the image that a name means: one built here, one whose digest was learned before, else the registry's; layouts, archives and
/// engines are read where the name says so. With <paramref name="pull"/> the registry is always asked.
/// </summary>
internal sealed class ImageSources(StoreDirectory store, ImageNames names, ImagePuller puller, bool pull)
{
    private readonly RememberedDigests remembered = new(store);
    private readonly LocalImages local = new(store);

    /// <summary>True where the name is one that this machine gave to an image of the platform.</summary>
    public bool IsBuiltHere(ImageReference reference, Platform platform) => FindBuiltHere(reference, platform) is not null;

    /// <summary>Manifest and configuration, verified; no layer is downloaded.</summary>
    /// <exception cref="BuildFailedException">Unknown, unreachable, or not for this platform.</exception>
    public async Task<PulledImage> ResolveAsync(ImageReference reference, Platform platform, CancellationToken cancellationToken)
    {
        if (!reference.IsInRegistry)
        {
            var taken = await local.TakeAsync(reference, platform, cancellationToken);
            return await puller.ResolveAsync(reference.WithDigest(taken), platform, cancellationToken);
        }

        if (reference.Digest is null && !pull)
        {
            if (FindBuiltHere(reference, platform) is { } named)
            {
                return await puller.ResolveAsync(reference.WithDigest(named.Digest), platform, cancellationToken);
            }

            if (remembered.Find(reference, platform) is { } digest
                && await TryResolveAsync(reference.WithDigest(digest), platform, cancellationToken) is { } known)
            {
                return known;
            }
        }

        var image = await puller.ResolveAsync(reference, platform, cancellationToken);
        // That of the index: with it every platform stays with the same image.
        remembered.Save(reference, platform, image.NamedDigest);
        return image;
    }

    /// <summary>
    /// Null where the registry has no such digest (any more), or what was remembered is damaged: then it is asked for the name.
    /// </summary>
    private async Task<PulledImage?> TryResolveAsync(ImageReference reference, Platform platform, CancellationToken cancellationToken)
    {
        try
        {
            return await puller.ResolveAsync(reference, platform, cancellationToken);
        }
        catch (BuildFailedException failure) when (failure.Diagnostics is [var only] && RegistryDiagnostics.BlamesReference(only))
        {
            return null;
        }
    }

    private Descriptor? FindBuiltHere(ImageReference reference, Platform platform) =>
        names.Find(reference) is { } local
            && (MediaTypes.IsIndex(local.MediaType) || (local.Platform is { } built && platform.HasProcessorOf(built)))
            ? local
            : null;
}
