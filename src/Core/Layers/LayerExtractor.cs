using ContainerStages.Diagnostics;
using ContainerStages.Posix;

namespace ContainerStages.Layers;

/// <summary>
/// Unpacks the tar of a layer into a folder in overlay form. The archive is a stranger's: whatever it says, nothing outside the
/// folder is made, changed or read. Entries replace earlier ones as in containerd (archive/tar.go, applyNaive).
/// </summary>
internal sealed class LayerExtractor : IDisposable
{
    private readonly TarStreamReader reader;
    private readonly string directory;
    private readonly string layer;
    private readonly ExtractionLimits limits;
    private readonly bool whiteouts;
    private readonly LayerFolder folder;
    private readonly ExtractionNotes notes;
    private readonly EntryMaker maker;
    private readonly MarkerEntries markers;
    private bool keepOwners = true;
    private long entries;
    private long size;

    private LayerExtractor(Stream tar, string directory, string layer, ExtractionLimits limits, bool whiteouts)
    {
        reader = new TarStreamReader(tar);
        this.directory = directory;
        this.layer = layer;
        this.limits = limits;
        this.whiteouts = whiteouts;
        notes = new ExtractionNotes(layer);
        folder = new LayerFolder(directory) { FolderImplied = notes.RememberImplied };
        maker = new EntryMaker(reader, folder, notes);
        markers = new MarkerEntries(folder, notes);
    }

    /// <summary>Reads the archive to the end of the stream. What a failed extraction leaves is for the caller to remove.</summary>
    /// <param name="tar">The uncompressed archive.</param>
    /// <param name="directory">An empty folder.</param>
    /// <param name="layer">Name of the layer for messages, such as its digest.</param>
    /// <param name="limits">How much the archive may ask for.</param>
    /// <param name="cancellationToken">Asked between entries and between pieces of a file.</param>
    /// <exception cref="BuildFailedException">The archive is damaged or refused, or the disk is full.</exception>
    public static ExtractedLayer Extract(
        Stream tar,
        string directory,
        string layer,
        ExtractionLimits limits,
        CancellationToken cancellationToken)
    {
        using var extractor = new LayerExtractor(tar, directory, layer, limits, whiteouts: true);
        return extractor.ExtractAll(cancellationToken);
    }

    /// <summary>The same for an archive of the user, in which no name means a removed file.</summary>
    /// <inheritdoc cref="Extract(Stream, string, string, ExtractionLimits, CancellationToken)"/>
    public static ExtractedLayer ExtractArchive(
        Stream tar,
        string directory,
        string archive,
        ExtractionLimits limits,
        bool keepOwners,
        CancellationToken cancellationToken)
    {
        using var extractor = new LayerExtractor(tar, directory, archive, limits, whiteouts: false) { keepOwners = keepOwners };
        return extractor.ExtractAll(cancellationToken);
    }

    public void Dispose()
    {
        reader.Dispose();
        folder.Dispose();
    }

    private ExtractedLayer ExtractAll(CancellationToken cancellationToken)
    {
        try
        {
            while (reader.ReadEntry() is { } entry)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Count(entry);
                ExtractGuarded(keepOwners ? entry : entry with { UserId = 0, GroupId = 0 }, cancellationToken);
            }

            // A layer's digests see every byte; an archive of the user ends where tar ends, whatever follows.
            if (whiteouts)
            {
                reader.Drain();
            }
        }
        catch (TarFormatException exception)
        {
            throw new BuildFailedException(StoreDiagnostics.LayerDamaged(layer, exception.Message), exception);
        }

        notes.ApplyFolderTimes(folder.Root);
        folder.Owners?.Save(directory);
        return notes.ToLayer(size);
    }

    private void Count(TarEntry entry)
    {
        if (++entries > limits.MaxEntries)
        {
            throw new BuildFailedException(StoreDiagnostics.LayerLimitExceeded(layer, $"more than {limits.MaxEntries} entries"));
        }

        if (entry.Size > limits.MaxBytes - size)
        {
            throw new BuildFailedException(StoreDiagnostics.LayerLimitExceeded(layer, $"files of more than {limits.MaxBytes} bytes"));
        }

        size += entry.Size;
    }

    private void ExtractGuarded(TarEntry entry, CancellationToken cancellationToken)
    {
        var path = EntryPath.Parse(entry.Name, out var problem);
        if (problem.Length > 0)
        {
            throw notes.Refuse(entry, problem);
        }

        try
        {
            Extract(entry, path, cancellationToken);
        }
        catch (PosixException exception) when (DiskSpace.IsFull(exception))
        {
            throw new BuildFailedException(StoreDiagnostics.DiskFull(directory), exception);
        }
        catch (PosixException exception) when (IsOwnerRefused(exception))
        {
            throw new BuildFailedException(StoreDiagnostics.OwnerNotMapped(layer, entry.Name, entry.UserId, entry.GroupId), exception);
        }
        catch (PosixException exception)
        {
            throw new BuildFailedException(
                StoreDiagnostics.LayerEntryRefused(layer, entry.Name, $"cannot be made: {exception.Message}"),
                exception);
        }
    }

    /// <summary>EPERM without the right to give files away, EINVAL where the user namespace does not map the id.</summary>
    private static bool IsOwnerRefused(PosixException exception) =>
        exception.Call == "chown" && exception.ErrorNumber is (Errno.EPERM or Errno.EINVAL);

    private void Extract(TarEntry entry, EntryPath path, CancellationToken cancellationToken)
    {
        if (path.IsRoot)
        {
            ExtractRoot(entry);
        }
        else if (!whiteouts && path.Full.Split('/').Any(part => part.StartsWith(Whiteout.Prefix, StringComparison.Ordinal)))
        {
            throw notes.Refuse(entry, "has a name that means a removed file in an image's layer.");
        }
        else if (path.Full.Contains(Whiteout.Prefix, StringComparison.Ordinal) && markers.IsMarker(path, entry))
        {
            markers.Apply(entry, path);
        }
        else
        {
            switch (entry.Kind)
            {
                case TarEntryKind.File:
                    maker.MakeFile(entry, path, cancellationToken);
                    break;
                case TarEntryKind.Directory:
                    maker.MakeFolder(entry, path);
                    break;
                case TarEntryKind.HardLink:
                    maker.MakeHardLink(entry, path);
                    break;
                default:
                    maker.MakeSpecial(entry, path);
                    break;
            }
        }
    }

    /// <summary>A folder's mode is taken; anything else, also without a name, is left out as by containerd.</summary>
    private void ExtractRoot(TarEntry entry)
    {
        if (entry.Kind != TarEntryKind.Directory || entry.Name.Length == 0)
        {
            notes.Skip($"The entry '{entry.Name}' names no file and was left out.");
            return;
        }

        EntryMetadata.Apply(folder.Root, entry, folder.Owners is { } owners ? (owners, "") : null, notes.Skip);
        notes.RememberTime("", entry);
    }
}
