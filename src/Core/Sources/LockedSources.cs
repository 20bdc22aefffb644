using ContainerStages.Diagnostics;
using ContainerStages.Media.Registry;
using ContainerStages.Oci;

namespace ContainerStages.Sources;

/// <summary>Images by the digests of a lock file; those that it lacks come from <paramref name="sources"/> and are told to it.</summary>
internal sealed class LockedSources(ImageSources sources, ProjectLock locked)
{
    /// <summary>Names that the file has to hold and does not, one line each: <c>alpine:latest linux/amd64</c>.</summary>
    public IEnumerable<string> Missing(IEnumerable<(ImageReference Reference, Platform Platform)> images) => images
        .Where(
            image => !IsPinned(image.Reference) && locked.Find(image.Reference)?.Platforms.ContainsKey(image.Platform.ToString()) != true)
        .Select(image => $"{image.Reference.FamiliarName} {image.Platform}")
        .Distinct(StringComparer.Ordinal);

    /// <exception cref="BuildFailedException">Unknown, unreachable, not for this platform, or not what the file says.</exception>
    public async Task<PulledImage> ResolveAsync(ImageReference reference, Platform platform, CancellationToken cancellationToken)
    {
        if (NeedsNoLock(reference, platform))
        {
            return await sources.ResolveAsync(reference, platform, cancellationToken);
        }

        if (locked.Find(reference) is { } entry && entry.Named is { } digest)
        {
            var pinned = await PinnedAsync(reference, platform, digest, cancellationToken);
            Check(reference, platform, entry, pinned);
            return pinned;
        }

        return await AskAsync(reference, platform, cancellationToken);
    }

    /// <summary>Asks the registry whatever the file says, so that its answer can take that place.</summary>
    public Task<PulledImage> UpdateAsync(ImageReference reference, Platform platform, CancellationToken cancellationToken) =>
        NeedsNoLock(reference, platform)
            ? sources.ResolveAsync(reference, platform, cancellationToken)
            : AskAsync(reference, platform, cancellationToken);

    /// <summary>What is named by digest needs no lock; what was built here has no digest that another machine could use.</summary>
    private bool NeedsNoLock(ImageReference reference, Platform platform) =>
        IsPinned(reference) || (locked.Find(reference) is null && sources.IsBuiltHere(reference, platform));

    /// <summary>A digest names one image; and what is taken from this machine is no name that another one could look up.</summary>
    private static bool IsPinned(ImageReference reference) =>
        reference.Digest is not null || !reference.IsInRegistry;

    private async Task<PulledImage> AskAsync(ImageReference reference, Platform platform, CancellationToken cancellationToken)
    {
        var image = await sources.ResolveAsync(reference, platform, cancellationToken);
        if (locked.Learn(reference, platform, image.NamedDigest, image.Descriptor.Digest) is not { } first)
        {
            return image;
        }

        image = await sources.ResolveAsync(reference.WithDigest(first), platform, cancellationToken);
        locked.Learn(reference, platform, first, image.Descriptor.Digest);
        return image;
    }

    private async Task<PulledImage> PinnedAsync(
        ImageReference reference,
        Platform platform,
        Digest digest,
        CancellationToken cancellationToken)
    {
        try
        {
            return await sources.ResolveAsync(reference.WithDigest(digest), platform, cancellationToken);
        }
        catch (BuildFailedException failure) when (failure.Diagnostics is [var only] && RegistryDiagnostics.BlamesReference(only))
        {
            throw new BuildFailedException(
                LockDiagnostics.PinnedNotFound(locked.Path, reference.FamiliarName, platform.ToString(), digest.ToString(), only.Message),
                failure);
        }
    }

    private void Check(ImageReference reference, Platform platform, LockedImage entry, PulledImage pinned)
    {
        var actual = pinned.Descriptor.Digest;
        if (!entry.Platforms.TryGetValue(platform.ToString(), out var expected))
        {
            locked.Learn(reference, platform, pinned.NamedDigest, actual);
        }
        else if (expected != actual)
        {
            throw new BuildFailedException(LockDiagnostics.IndexDisagrees(
                locked.Path, reference.FamiliarName, platform.ToString(), expected.ToString(), actual.ToString()));
        }
    }
}
