using System.Text.Json;
using ContainerStages.Content;
using ContainerStages.Diagnostics;
using ContainerStages.Layers;
using ContainerStages.Media.Archives;
using ContainerStages.Media.Daemons;
using ContainerStages.Media.Files;
using ContainerStages.Media.Layout;
using ContainerStages.Oci;
using ContainerStages.Posix;

namespace ContainerStages.Sources;

/// <summary>
/// Brings images that are in no registry into the content store: from layouts, archives and engines. What came from an archive or an engine is
/// remembered by the file's state or the image's id, so that an unchanged one is not read again.
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
            return reference.Transport == ImageTransport.OciLayout
                ? await TakeLayoutAsync(reference, platform, cancellationToken)
                : await TakeRememberedAsync(reference, platform, cancellationToken);
        }
        catch (DigestMismatchException damaged)
        {
            throw new BuildFailedException(
                SourceDiagnostics.BlobDamaged(reference.FamiliarName, damaged.Expected.ToString(), damaged.Actual.ToString()),
                damaged);
        }
        catch (Exception failure) when (failure is JsonException or InvalidDataException or IOException or UnauthorizedAccessException && StoreDirectory.Explain(failure, store.Root) is null)
        {
            throw new BuildFailedException(SourceDiagnostics.NotReadable(reference.FamiliarName, failure.Message), failure);
        }
    }

    private async Task<Digest> TakeLayoutAsync(ImageReference reference, Platform platform, CancellationToken cancellationToken)
    {
        var files = new SourceFiles(reference);
        if (!files.IsFolder)
        {
            throw new BuildFailedException(SourceDiagnostics.Missing(reference.FamiliarName, reference.Repository));
        }

        var index = LayoutIndex.Read(await files.ReadAsync("index.json", cancellationToken) ?? throw new InvalidDataException("the folder is no OCI layout, for it has no index.json."));
        var import = new LayoutImport(reference, platform, content, files);
        return await import.TakeAsync(index, cancellationToken) ?? throw import.Incomplete();
    }

    private async Task<Digest> TakeRememberedAsync(ImageReference reference, Platform platform, CancellationToken cancellationToken)
    {
        using var engine = reference.IsFile ? null : EngineStore.Open(reference.Transport);
        var state = $"form {LayerWriter.Form} {await StateAsync(reference, engine, cancellationToken)}";
        var record = Path.Combine(store.Folder("sources"), StoreDirectory.KeyOf(state));
        using var held = await store.LockAsync("source-" + Path.GetFileName(record), cancellationToken);
        var import = new LayoutImport(reference, platform, content, null);
        if (await FindAsync(record, import, cancellationToken) is { } known)
        {
            return known;
        }

        var index = await Task.Run(() => ReadAsync(reference, engine, cancellationToken), cancellationToken);
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

    private async Task<ImageIndex> ReadAsync(ImageReference reference, IEngineStore? engine, CancellationToken cancellationToken)
    {
        await using var stream = engine is null ? OpenArchive(reference) : await engine.SaveAsync(reference.Repository, cancellationToken);
        var reader = new ArchiveReader(content);
        return reference.Transport is ImageTransport.OciArchive or ImageTransport.PodmanStore
            ? await reader.ReadLayoutAsync(stream, cancellationToken)
            : await reader.ReadDockerAsync(stream, cancellationToken);
    }

    /// <summary>One that the user names may be a pipe.</summary>
    private static FileStream OpenArchive(ImageReference reference) =>
        reference.KeptIn is null ? File.OpenRead(reference.Repository)
        : new SourceFiles(reference).TryOpen()
            ?? throw new BuildFailedException(SourceDiagnostics.Missing(reference.FamiliarName, reference.Repository));

    /// <summary>A text that is another one as soon as the source may be another one.</summary>
    private static async Task<string> StateAsync(ImageReference reference, IEngineStore? engine, CancellationToken cancellationToken)
    {
        if (engine is not null)
        {
            var id = await engine.FindIdAsync(reference.Repository, cancellationToken)
                ?? throw new BuildFailedException(SourceDiagnostics.Missing(reference.FamiliarName, reference.Repository));
            return $"{reference.Transport} {id}";
        }

        var path = Path.Exists(reference.Repository)
            ? File.ResolveLinkTarget(reference.Repository, returnFinalTarget: true)?.FullName ?? reference.Repository
            : reference.Repository;
        if (!TryStat(reference, path, out var file))
        {
            throw new BuildFailedException(SourceDiagnostics.Missing(reference.FamiliarName, reference.Repository));
        }

        return !file.IsDirectory
            ? $"{reference.Transport} {path} {file.Device}:{file.Inode} {file.Size} {file.ModificationSeconds}.{file.ModificationNanoseconds} {file.ChangeSeconds}.{file.ChangeNanoseconds}"
            : throw new BuildFailedException(SourceDiagnostics.NotReadable(reference.FamiliarName, "an archive is a file. A folder is named with oci-layout:."));
    }

    private static bool TryStat(ImageReference reference, string path, out FileStatus status)
    {
        if (reference.KeptIn is null)
        {
            return FileCalls.TryStat(path, out status);
        }

        using var file = new SourceFiles(reference).TryOpen();
        status = default;
        return file is not null && FileCalls.TryStat(file.SafeFileHandle, "", out status);
    }
}
