using System.Globalization;
using ContainerStages.Contracts;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace ContainerStages.Tasks;

/// <summary>The items that target PublishContainer returns: the .NET SDK's metadata, and ours.</summary>
public static class GeneratedContainerItem
{
    /// <summary>One item for each platform.</summary>
    public static ITaskItem[] AllOf(BuildResult result) =>
        result is { Platform: { } platform, ConfigDigest: { } digest, Configuration: { } configuration }
        ? [From(result, new PlatformImage
            {
                Platform = platform,
                ManifestDigest = result.ManifestDigest,
                ManifestMediaType = result.ManifestMediaType,
                ConfigDigest = digest,
                Manifest = result.Manifest,
                Configuration = configuration,
                References = [],
                Size = result.Size,
            })]
        : [.. result.Images.Select(image => From(result, image))];

    private static ITaskItem From(BuildResult result, PlatformImage image)
    {
        ITaskItem2 item = new TaskItem("GeneratedContainer");
        Set("Manifest", image.Manifest);
        Set("Configuration", image.Configuration);
        Set("ManifestDigest", image.ManifestDigest);
        Set("ManifestMediaType", image.ManifestMediaType);
        Set("Digest", image.ManifestDigest);
        Set("Reference", result.References.Count > 0 ? $"{result.References[0]}@{image.ManifestDigest}" : "");
        Set("References", string.Join(';', image.References.Concat(result.References)));
        Set("Platform", image.Platform);
        Set("Size", image.Size.ToString(CultureInfo.InvariantCulture));
        Set("UpToDate", result.UpToDate ? "true" : "false");
        return item;

        // Literally: a '%' in the manifest's JSON is no escape of MSBuild's.
        void Set(string name, string value) => item.SetMetadataValueLiteral(name, value);
    }
}
