using ContainerStages.Diagnostics;
using ContainerStages.Oci;

namespace ContainerStages.Images;

/// <summary>
/// Finds the image for a platform in an index, whose entries may be indexes again, as buildx and image promoters write them.
/// Source: image-spec, image-index.md, manifests ("SHOULD support"); containerd, images.Manifest.
/// </summary>
/// <param name="reference">For messages.</param>
/// <param name="wanted">Platform of the image.</param>
/// <param name="open">The document of an entry, by its digest; null where it is not to be had, which ends the search.</param>
internal sealed class IndexSearch(ImageReference reference, Platform wanted, Func<Descriptor, Task<ManifestDocument?>> open)
{
    /// <summary>Tools make two levels.</summary>
    private const int MostLevels = 4;

    /// <summary>Each costs a request: an index of a stranger must not cost thousands.</summary>
    private const int MostIndexes = 32;

    private readonly HashSet<Digest> seen = [];
    private readonly List<string> available = [];
    private bool isIncomplete;

    /// <summary>The manifest's document; null where <c>open</c> gave none.</summary>
    /// <exception cref="BuildFailedException">There is no image for the platform, or the indexes are a maze.</exception>
    public async Task<ManifestDocument?> FindAsync(ManifestDocument index) =>
        await FindAsync(index, 1) is { } found ? found
        : isIncomplete ? null
        : throw new BuildFailedException(RegistryDiagnostics.NoSuchPlatform(reference.FamiliarName, wanted.ToString(), available));

    private async Task<ManifestDocument?> FindAsync(ManifestDocument index, int level)
    {
        var images = index.Index!.Manifests.Where(IsImage).ToList();
        available.AddRange(images.Select(entry => entry.Platform)
            .OfType<Platform>()
            .Where(platform => !wanted.Matches(platform))
            .Select(platform => platform.ToString()));
        foreach (var entry in Candidates(images))
        {
            if (await FindBelowAsync(entry, level) is { } found)
            {
                return found;
            }

            if (isIncomplete)
            {
                break;
            }
        }

        return null;
    }

    private async Task<ManifestDocument?> FindBelowAsync(Descriptor entry, int level)
    {
        var isIndex = MediaTypes.IsIndex(entry.MediaType);
        if (isIndex && !seen.Add(entry.Digest))
        {
            return null;
        }

        if (isIndex && (level == MostLevels || seen.Count > MostIndexes))
        {
            throw Malformed(level == MostLevels
                ? $"indexes stand in each other more than {MostLevels} deep."
                : $"more than {MostIndexes} indexes stand in it.");
        }

        if (await open(entry) is not { } document)
        {
            isIncomplete = true;
            return null;
        }

        return document.IsIndex != isIndex
            ? throw Malformed($"its entry {entry.Digest} is called {entry.MediaType}, but is {document.MediaType}.")
            : isIndex ? await FindAsync(document, level + 1)
            : document;
    }

    /// <summary>Entries worth a look, the best first: those that serve the platform, and indexes that name no platform.</summary>
    private IEnumerable<Descriptor> Candidates(List<Descriptor> images)
    {
        var serving = images
            .Where(entry => entry.Platform is { } platform && wanted.Matches(platform))
            .OrderBy(entry => wanted.DistanceTo(entry.Platform!))
            .ToArray();
        // Some tools write an index of one image and name no platform; its configuration tells.
        var unnamed = images.Where(entry => entry.Platform is null && (MediaTypes.IsIndex(entry.MediaType) || images.Count == 1));
        return serving.Concat(unnamed);
    }

    /// <summary>Attestations stand in the index as manifests for the platform unknown/unknown.</summary>
    private static bool IsImage(Descriptor entry) =>
        (MediaTypes.IsManifest(entry.MediaType) || MediaTypes.IsIndex(entry.MediaType)) && entry.Platform is not { Os: "unknown" };

    private BuildFailedException Malformed(string problem) =>
        new(RegistryDiagnostics.MalformedDocument(
            $"index of '{reference.FamiliarName}'",
            reference.IsInRegistry ? reference.Registry : reference.FamiliarName,
            problem));
}
