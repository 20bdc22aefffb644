using System.Text.Json;
using ContainerStages.Content;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Layers;
using ContainerStages.Media.Archives;
using ContainerStages.Media.Daemons;
using ContainerStages.Media.Layout;
using ContainerStages.Oci;

namespace ContainerStages.Sources;

/// <summary>
/// Brings images that are in no registry into the content store: from layouts, archives and engines. What came from an archive or an engine
/// is remembered by the file's state or the image's id, so that an unchanged one is not read again.
/// </summary>
internal sealed class LocalImages(StoreDirectory store)
{
    private readonly DiskContentStore content = new(store);

    /// <summary>
    /// Manifest, configuration and layers of the image for a platform, all verified; returns the digest of what the name stands for.
    /// </summary>
    /// <exception cref="BuildFailedException">It is not there, not readable, not whole, or not for the platform.</exception>
    public async Task<Digest> TakeAsync(ImageReference reference, Platform platform, CancellationToken cancellationToken)
    {
        try
        {
            return reference.Medium == Medium.OciLayout
                ? await LayoutReader.TakeAsync(reference, platform, content, cancellationToken)
                : await TakeRememberedAsync(reference, platform, cancellationToken);
        }
        catch (DigestMismatchException damaged)
        {
            throw new BuildFailedException(
                SourceDiagnostics.BlobDamaged(reference.FamiliarName, damaged.Expected.ToString(), damaged.Actual.ToString()),
                damaged);
        }
        catch (Exception failure) when (failure is JsonException or InvalidDataException or IOException or UnauthorizedAccessException
            && StoreDirectory.Explain(failure, store.Root) is null)
        {
            throw new BuildFailedException(SourceDiagnostics.NotReadable(reference.FamiliarName, failure.Message), failure);
        }
    }

    private async Task<Digest> TakeRememberedAsync(ImageReference reference, Platform platform, CancellationToken cancellationToken)
    {
        using IArchiveSource source = reference.Medium.IsDaemon ? new DaemonImage(reference) : new ArchiveFile(reference);
        var state = $"form {LayerWriter.Form} {await source.StateAsync(cancellationToken)}";
        var record = Path.Combine(store.Folder("sources"), StoreDirectory.KeyOf(state));
        using var held = await store.LockAsync("source-" + Path.GetFileName(record), cancellationToken);
        var import = new LayoutImport(reference, platform, content, null);
        if (await FindAsync(record, import, cancellationToken) is { } known)
        {
            return known;
        }

        var index = await Task.Run(() => ReadAsync(source, cancellationToken), cancellationToken);
        var named = await import.TakeAsync(index, cancellationToken) ?? throw import.Incomplete();
        SealedJson.Write(record, index, OciJson.Plain.ImageIndex);
        return named;
    }

    /// <summary>A damaged record is none: the source says it again.</summary>
    private static async Task<Digest?> FindAsync(string record, LayoutImport import, CancellationToken cancellationToken)
    {
        try
        {
            return ReadRecord(record) is { } index ? await import.TakeAsync(index, cancellationToken) : null;
        }
        catch (Exception failure) when (failure is FileNotFoundException or JsonException or InvalidDataException)
        {
            return null;
        }
    }

    /// <summary>What an archive or engine gave; null where the record is damaged.</summary>
    internal static ImageIndex? ReadRecord(string record) =>
        SealedJson.Read(record, OciJson.Plain.ImageIndex) is { } index && DocumentRules.ProblemOf(index) is null ? index : null;

    private async Task<ImageIndex> ReadAsync(IArchiveSource source, CancellationToken cancellationToken)
    {
        await using var stream = await source.OpenAsync(cancellationToken);
        return await new ArchiveReader(content).ReadAsync(stream, source.Format, cancellationToken);
    }
}
