using ContainerStages.Content;
using ContainerStages.Diagnostics;
using ContainerStages.Images;
using ContainerStages.Media.Files;
using ContainerStages.Oci;

namespace ContainerStages.Media.Layout;

/// <summary>Copies one image of a layout into the content store, or finds it whole there where <paramref name="layout"/> is null.</summary>
internal sealed class LayoutImport(ImageReference reference, Platform platform, IContentStore content, SourceFiles? layout)
{
    private Digest? missing;

    /// <summary>
    /// The digest of the manifest or index that the reference means; null where a blob is missing, see <see cref="Incomplete"/>.
    /// </summary>
    /// <exception cref="BuildFailedException">The layout has no such image, or not for the platform.</exception>
    public async Task<Digest?> TakeAsync(ImageIndex index, CancellationToken cancellationToken)
    {
        var named = LayoutChoice.Choose(reference, index, platform);
        if (await DocumentAsync(named, cancellationToken) is not { } document)
        {
            return null;
        }

        var chosen = document.IsIndex
            ? await new IndexSearch(reference, platform, entry => DocumentAsync(entry, cancellationToken)).FindAsync(document)
            : document;
        if (chosen?.Manifest is not { } manifest)
        {
            return null;
        }

        var isWhole = await CopyDocumentAsync(manifest.Config.Digest, cancellationToken);
        foreach (var layer in manifest.Layers)
        {
            isWhole = isWhole && (content.Contains(layer.Digest) || await CopyAsync(layer.Digest, cancellationToken));
        }

        return isWhole ? named.Digest : null;
    }

    public BuildFailedException Incomplete() => new(SourceDiagnostics.BlobMissing(reference.FamiliarName, missing.ToString()!));

    private async Task<ManifestDocument?> DocumentAsync(Descriptor descriptor, CancellationToken cancellationToken)
    {
        if (SizeOf(descriptor.Digest) > ContentStoreExtensions.DocumentLimit)
        {
            throw new InvalidDataException(
                $"the manifest {descriptor.Digest} is larger than {ContentStoreExtensions.DocumentLimit} bytes.");
        }

        return await CopyDocumentAsync(descriptor.Digest, cancellationToken)
            ? ManifestDocument.Create(
                await content.ReadAllBytesAsync(descriptor.Digest, ContentStoreExtensions.DocumentLimit, cancellationToken),
                descriptor.MediaType,
                reference,
                reference.FamiliarName)
            : null;
    }

    private long? SizeOf(Digest digest)
    {
        if (layout is null)
        {
            return content.GetSize(digest);
        }

        using var blob = layout.TryOpen(digest);
        return blob?.Length;
    }

    /// <summary>One that is damaged in the store counts as missing.</summary>
    private async Task<bool> CopyDocumentAsync(Digest digest, CancellationToken cancellationToken) =>
        await StoredDocument.IsWholeAsync(content, digest, cancellationToken) || await CopyAsync(digest, cancellationToken);

    private async Task<bool> CopyAsync(Digest digest, CancellationToken cancellationToken)
    {
        await using var blob = layout?.TryOpen(digest);
        if (blob is null)
        {
            missing = digest;
            return false;
        }

        await content.CopyAsync(blob, digest, cancellationToken);
        return true;
    }
}
