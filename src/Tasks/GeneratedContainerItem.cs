using System.Globalization;
using ContainerStages.Contracts;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace ContainerStages.Tasks;

/// <summary>The item that target PublishContainer returns: the .NET SDK's metadata, and ours.</summary>
public static class GeneratedContainerItem
{
    public static ITaskItem From(BuildResult result)
    {
        ITaskItem2 item = new TaskItem("GeneratedContainer");
        Set("Manifest", result.Manifest);
        Set("Configuration", result.Configuration);
        Set("ManifestDigest", result.ManifestDigest);
        Set("ManifestMediaType", result.ManifestMediaType);
        Set("Digest", result.ManifestDigest);
        Set("Reference", result.References.Count > 0 ? $"{result.References[0]}@{result.ManifestDigest}" : "");
        Set("References", string.Join(';', result.References));
        Set("Platform", result.Platform);
        Set("Size", result.Size.ToString(CultureInfo.InvariantCulture));
        Set("UpToDate", result.UpToDate ? "true" : "false");
        return item;

        // Literally: a '%' in the manifest's JSON is no escape of MSBuild's.
        void Set(string name, string value) => item.SetMetadataValueLiteral(name, value);
    }
}
