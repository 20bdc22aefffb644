using ContainerStages.Diagnostics;
using ContainerStages.Images;
using ContainerStages.Oci;

namespace ContainerStages.Media.Layout;

/// <summary>Which image of a layout a reference means.</summary>
internal static class LayoutChoice
{
    private const string RefName = "org.opencontainers.image.ref.name";

    /// <summary>
    /// By digest, by tag (also the whole name), else the only one, else the one for the platform, else the one named latest.
    /// </summary>
    /// <exception cref="BuildFailedException">None, or several.</exception>
    public static Descriptor Choose(ImageReference reference, ImageIndex index, Platform platform)
    {
        var images = index.Manifests
            .Where(entry => MediaTypes.IsIndex(entry.MediaType) || MediaTypes.IsManifest(entry.MediaType))
            .ToArray();
        if (reference.Digest is { } digest)
        {
            // What an index of the layout names stands not in index.json itself.
            return images.FirstOrDefault(entry => entry.Digest == digest)
                ?? new Descriptor { MediaType = MediaTypes.OciManifest, Digest = digest, Size = 0 };
        }

        var named = reference.Tag is { } tag ? [.. images.Where(entry => IsNamed(entry, tag))] : images;
        return named.DistinctBy(entry => entry.Digest).ToArray() switch
        {
            [] => throw new BuildFailedException(SourceDiagnostics.NoSuchImage(reference.FamiliarName, images.Select(NameOf))),
            [var only] => only,
            var several => OneOf(several, platform)
                ?? OneNamedLatest(several)
                ?? throw new BuildFailedException(SourceDiagnostics.SeveralImages(reference.FamiliarName, several.Select(NameOf))),
        };
    }

    /// <summary>The one that serves the platform best; none where two do so equally, or one may be for any.</summary>
    private static Descriptor? OneOf(Descriptor[] images, Platform platform)
    {
        var serving = images
            .Where(entry => entry.Platform is { } its && platform.Matches(its))
            .ToLookup(entry => platform.DistanceTo(entry.Platform!));
        return serving.MinBy(equal => equal.Key)?.ToArray() is [var best] && images.All(entry => entry.Platform is not null) ? best : null;
    }

    private static Descriptor? OneNamedLatest(Descriptor[] images) =>
        images.Where(entry => IsNamed(entry, "latest")).ToArray() is [var only] ? only : null;

    private static bool IsNamed(Descriptor entry, string wanted)
    {
        var full = entry.Annotations?.GetValueOrDefault(ImageNames.FullName);
        var parsed = full is null ? null : ImageReference.TryParse(full);
        return entry.Annotations?.GetValueOrDefault(RefName) == wanted
            || full == wanted
            || parsed?.Tag == wanted
            || (parsed is not null && parsed.ToString() == ImageReference.TryParse(wanted)?.ToString());
    }

    private static string NameOf(Descriptor entry) =>
        entry.Annotations?.GetValueOrDefault(RefName) ?? entry.Annotations?.GetValueOrDefault(ImageNames.FullName) ?? $"@{entry.Digest}";
}
