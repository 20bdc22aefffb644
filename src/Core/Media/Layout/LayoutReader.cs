using ContainerStages.Content;
using ContainerStages.Diagnostics;
using ContainerStages.Media.Files;
using ContainerStages.Oci;

namespace ContainerStages.Media.Layout;

/// <summary>Reads images from the folder of an OCI layout. Source: image-spec, image-layout.md.</summary>
internal static class LayoutReader
{
    /// <summary>
    /// Copies manifest, configuration and layers of the image for a platform; returns the digest of what the name stands for.
    /// </summary>
    /// <exception cref="BuildFailedException">It is not there, not whole, or not for the platform.</exception>
    /// <exception cref="InvalidDataException">The folder is no layout.</exception>
    public static async Task<Digest> TakeAsync(
        ImageReference reference,
        Platform platform,
        IContentStore content,
        CancellationToken cancellationToken)
    {
        var files = new SourceFiles(reference);
        if (!files.IsFolder)
        {
            throw new BuildFailedException(SourceDiagnostics.Missing(reference.FamiliarName, reference.Repository));
        }

        var index = LayoutIndex.Read(await files.ReadAsync("index.json", cancellationToken)
            ?? throw new InvalidDataException("the folder is no OCI layout, for it has no index.json."));
        var import = new LayoutImport(reference, platform, content, files);
        return await import.TakeAsync(index, cancellationToken) ?? throw import.Incomplete();
    }
}
