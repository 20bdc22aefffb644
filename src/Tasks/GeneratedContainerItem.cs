using System.Globalization;
using ContainerStages.Contracts;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace ContainerStages.Tasks;

/// <summary>The items that target PublishContainer returns: the .NET SDK's metadata, and ours.</summary>
public static class GeneratedContainerItem
{
    /// <summary>One item for each platform.</summary>
    public static ITaskItem[] AllOf(BuildResult result) => result.Images.Count == 0
        ? [From(result, new PlatformImage
            {
                Platform = result.Platform,
                ManifestDigest = result.ManifestDigest,
                ManifestMediaType = result.ManifestMediaType,
                ConfigDigest = result.ConfigDigest,
                Manifest = result.Manifest,
                Configuration = result.Configuration,
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
