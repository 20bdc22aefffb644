using System.Runtime.InteropServices;
using ContainerStages.Diagnostics;
using ContainerStages.Posix;
using Microsoft.Win32.SafeHandles;

namespace ContainerStages.Layers;

/// <summary>
/// Unpacks the tar of a layer into a folder in overlay form. The archive is a stranger's: whatever it says, nothing outside the
/// folder is made, changed or read. Entries replace earlier ones as in containerd (archive/tar.go, applyNaive).
/// </summary>
public sealed class LayerExtractor : IDisposable
{
    private const uint UnfinishedFile = 0x180; // rw-------
    private const int MostNotes = 1000;
    private readonly TarStreamReader reader;
    private readonly string directory;
    private readonly string layer;
    private readonly ExtractionLimits limits;
    private readonly bool whiteouts;
    private readonly LayerFolder folder;
    private readonly List<string> skipped = [];
    private readonly List<string> implied = [];
    private readonly List<(string Path, FileTimes Times)> folderTimes = [];
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
        folder = new LayerFolder(directory) { FolderImplied = RememberImplied };
    }

    /// <summary>Reads the archive to the end of the stream. What a failed extraction leaves is for the caller to remove.</summary>
    /// <param name="tar">The uncompressed archive.</param>
    /// <param name="directory">An empty folder.</param>
    /// <param name="layer">Name of the layer for messages, such as its digest.</param>
    /// <param name="limits">How much the archive may ask for.</param>
    /// <param name="cancellationToken">Asked between entries and between pieces of a file.</param>
    /// <exception cref="BuildFailedException">The archive is damaged or refused, or the disk is full.</exception>
    public static ExtractedLayer Extract(Stream tar, string directory, string layer, ExtractionLimits limits, CancellationToken cancellationToken)
    {
        using var extractor = new LayerExtractor(tar, directory, layer, limits, whiteouts: true);
        return extractor.ExtractAll(cancellationToken);
    }

    /// <summary>The same for an archive of the user, in which no name means a removed file.</summary>
    /// <inheritdoc cref="Extract(Stream, string, string, ExtractionLimits, CancellationToken)"/>
    public static ExtractedLayer ExtractArchive(Stream tar, string directory, string archive, ExtractionLimits limits, bool keepOwners, CancellationToken cancellationToken)
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

            reader.Drain();
        }
        catch (TarFormatException exception)
        {
            throw new BuildFailedException(StoreDiagnostics.LayerDamaged(layer, exception.Message), exception);
        }

        ApplyFolderTimes();
        return new ExtractedLayer(size, [.. skipped], [.. implied]);
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
            throw Refuse(entry, problem);
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
            throw new BuildFailedException(StoreDiagnostics.LayerEntryRefused(layer, entry.Name, $"cannot be made: {exception.Message}"), exception);
        }
    }

    /// <summary>EPERM without the right to give files away, EINVAL where the user namespace does not map the id.</summary>
    private static bool IsOwnerRefused(PosixException exception) => exception.Call == "chown" && exception.ErrorNumber is (Errno.EPERM or Errno.EINVAL);

    private void Extract(TarEntry entry, EntryPath path, CancellationToken cancellationToken)
    {
        if (path.IsRoot)
        {
            ExtractRoot(entry);
        }
        else if (!whiteouts && path.Full.Split('/').Any(part => part.StartsWith(Whiteout.Prefix, StringComparison.Ordinal)))
        {
            throw Refuse(entry, "has a name that means a removed file in an image's layer.");
        }
        else if (path.Full.Contains(Whiteout.Prefix, StringComparison.Ordinal) && IsMarker(path, entry))
        {
            ExtractMarker(entry, path);
        }
        else
        {
            switch (entry.Kind)
            {
                case TarEntryKind.File:
                    ExtractFile(entry, path, cancellationToken);
                    break;
                case TarEntryKind.Directory:
                    ExtractFolder(entry, path);
                    break;
                case TarEntryKind.HardLink:
                    ExtractHardLink(entry, path);
                    break;
                default:
                    ExtractSpecial(entry, path);
                    break;
            }
        }
    }

    private void ExtractRoot(TarEntry entry)
    {
        if (entry.Kind != TarEntryKind.Directory)
        {
            throw Refuse(entry, "would replace the root folder.");
        }

        EntryMetadata.Apply(folder.Root, entry, Skip);
        RememberTime("", entry);
    }

    private bool IsMarker(EntryPath path, TarEntry entry)
    {
        if (path.Parent.Split('/').Any(part => part.StartsWith(Whiteout.Prefix, StringComparison.Ordinal) && !part.StartsWith(Whiteout.MetadataPrefix, StringComparison.Ordinal)))
        {
            throw Refuse(entry, "lies in a folder whose name is reserved for removed files.");
        }

        return path.Name.StartsWith(Whiteout.Prefix, StringComparison.Ordinal) || path.Parent.Split('/').Any(part => part.StartsWith(Whiteout.MetadataPrefix, StringComparison.Ordinal));
    }

    private void ExtractMarker(TarEntry entry, EntryPath path)
    {
        if (path.Parent.Contains(Whiteout.MetadataPrefix, StringComparison.Ordinal))
        {
            return;
        }

        if (path.Name == Whiteout.Opaque)
        {
            LayerFolder.MarkOpaque(folder.OpenParent(path.Parent), path.Parent);
        }
        else if (!path.Name.StartsWith(Whiteout.MetadataPrefix, StringComparison.Ordinal))
        {
            ExtractWhiteout(entry, path.Parent, path.Name[Whiteout.Prefix.Length..]);
        }
    }

    /// <summary>A whiteout speaks of the layers below only: what this layer itself has under the name stays.</summary>
    private void ExtractWhiteout(TarEntry entry, string parentPath, string name)
    {
        if (name is "" or "." or "..")
        {
            throw Refuse(entry, "is a whiteout without a name.");
        }

        var parent = folder.OpenParent(parentPath);
        if (!FileCalls.TryStat(parent, name, out var existing))
        {
            if (FileCalls.MknodAt(parent, name, FileCalls.S_IFCHR, 0) != 0)
            {
                throw Errno.Exception("mknod", name);
            }
        }
        else if (existing.IsDirectory)
        {
            using var opaque = LayerFolder.OpenFolder(parent, name);
            LayerFolder.MarkOpaque(opaque, name);
        }
    }

    private void ExtractFile(TarEntry entry, EntryPath path, CancellationToken cancellationToken)
    {
        var parent = folder.OpenParent(path.Parent);
        var file = Create(parent, path.Name);
        if (file is null)
        {
            ClearPlace(parent, path.Name);
            file = Create(parent, path.Name) ?? throw Errno.Exception("open", entry.Name);
        }

        using (file)
        {
            WriteContent(file, entry, cancellationToken);
            EntryMetadata.Apply(file, entry, Skip);
            EntryMetadata.ApplyTime(file, entry);
        }
    }

    private static SafeFileHandle? Create(SafeFileHandle parent, string name)
    {
        const int Flags = FileCalls.O_WRONLY | FileCalls.O_CREAT | FileCalls.O_EXCL;
        var file = FileCalls.TryOpenAt(parent, name, Flags | FileCalls.O_NOFOLLOW, UnfinishedFile, FileCalls.RESOLVE_BENEATH | FileCalls.RESOLVE_NO_SYMLINKS);
        return file is null && Marshal.GetLastPInvokeError() != Errno.EEXIST ? throw Errno.Exception("open", name) : file;
    }

    private void WriteContent(SafeFileHandle file, TarEntry entry, CancellationToken cancellationToken)
    {
        if (entry.SparseRanges is not { } ranges)
        {
            WriteBytes(file, entry, long.MaxValue, cancellationToken);
            return;
        }

        foreach (var range in ranges)
        {
            if (FileCalls.SeekTo(file, range.Offset) < 0)
            {
                throw Errno.Exception("lseek", entry.Name);
            }

            WriteBytes(file, entry, range.Length, cancellationToken);
        }

        if (FileCalls.Truncate(file, entry.Size) != 0)
        {
            throw Errno.Exception("ftruncate", entry.Name);
        }
    }

    private void WriteBytes(SafeFileHandle file, TarEntry entry, long count, CancellationToken cancellationToken)
    {
        while (count > 0 && reader.ReadContent((int)Math.Min(count, int.MaxValue)) is { IsEmpty: false } piece)
        {
            cancellationToken.ThrowIfCancellationRequested();
            FileCalls.WriteAll(file, piece, entry.Name);
            count -= piece.Length;
        }
    }

    private void ExtractFolder(TarEntry entry, EntryPath path)
    {
        var parent = folder.OpenParent(path.Parent);
        var exists = FileCalls.TryStat(parent, path.Name, out var existing);
        if (exists && !existing.IsDirectory && !existing.IsWhiteout)
        {
            ClearPlace(parent, path.Name);
        }

        var handle = existing.IsDirectory
            ? LayerFolder.OpenFolder(parent, path.Name)
            : LayerFolder.MakeFolder(parent, path.Name, existing.IsWhiteout);
        EntryMetadata.Apply(handle, entry, Skip);
        folder.Remember(path.Full, handle);
        RememberTime(path.Full, entry);
    }

    /// <summary>The target's parent is resolved inside the layer and the target itself is not followed, so no outside file gets a name here.</summary>
    private void ExtractHardLink(TarEntry entry, EntryPath path)
    {
        var target = EntryPath.Parse(entry.LinkName, out var problem);
        if (problem.Length > 0 || target.IsRoot)
        {
            throw Refuse(entry, $"is a hard link whose target '{entry.LinkName}' {(problem.Length > 0 ? problem : "is the root folder.")}");
        }

        folder.MakeRoom(2);
        var parent = folder.OpenParent(path.Parent);
        var linked = default(FileStatus);
        var found = folder.Exists(target.Parent) && FileCalls.TryStat(folder.OpenParent(target.Parent), target.Name, out linked);
        if (!found || linked.IsDirectory || linked.IsWhiteout)
        {
            throw Refuse(entry, $"is a hard link to '{entry.LinkName}', which is no file of this layer.");
        }

        if (FileCalls.TryStat(parent, path.Name, out var existing))
        {
            if (existing.Inode == linked.Inode && existing.Device == linked.Device)
            {
                return;
            }

            TreeRemover.Remove(parent, path.Name);
        }

        var replaced = existing.IsDirectory || existing.IsSymbolicLink;
        if (FileCalls.LinkAt(folder.OpenParent(target.Parent), target.Name, parent, path.Name, 0) != 0)
        {
            throw Errno.Exception("link", entry.Name);
        }

        if (replaced)
        {
            folder.Forget(keep: null);
        }
    }

    private void ExtractSpecial(TarEntry entry, EntryPath path)
    {
        var parent = folder.OpenParent(path.Parent);
        if (FileCalls.TryStat(parent, path.Name, out _))
        {
            ClearPlace(parent, path.Name);
        }

        var result = entry.Kind == TarEntryKind.SymbolicLink
            ? FileCalls.SymlinkAt(entry.LinkName, parent, path.Name)
            : FileCalls.MknodAt(parent, path.Name, NodeType(entry.Kind) | UnfinishedFile, FileCalls.MakeDevice(entry.DeviceMajor, entry.DeviceMinor));
        if (result == 0)
        {
            EntryMetadata.Apply(parent, path.Name, entry);
        }
        else if (entry.Kind is TarEntryKind.CharacterDevice or TarEntryKind.BlockDevice && Marshal.GetLastPInvokeError() == Errno.EPERM)
        {
            Skip($"The device node '{entry.Name}' needs root and was left out.");
        }
        else
        {
            throw Errno.Exception(entry.Kind == TarEntryKind.SymbolicLink ? "symlink" : "mknod", entry.Name);
        }
    }

    private static uint NodeType(TarEntryKind kind) => kind switch
    {
        TarEntryKind.CharacterDevice => FileCalls.S_IFCHR,
        TarEntryKind.BlockDevice => FileCalls.S_IFBLK,
        _ => FileCalls.S_IFIFO,
    };

    private void ClearPlace(SafeFileHandle parent, string name)
    {
        TreeRemover.Remove(parent, name);
        folder.Forget(keep: parent);
    }

    private void RememberTime(string path, TarEntry entry) =>
        folderTimes.Add((path, FileTimes.Both(entry.ModificationSeconds, entry.ModificationNanoseconds)));

    private void RememberImplied(string path)
    {
        implied.Add(path);
        folderTimes.Add((path, FileTimes.Both(0)));
    }

    /// <summary>At the end, because every entry made in a folder changes its time. Folders that were replaced meanwhile are passed over.</summary>
    private void ApplyFolderTimes()
    {
        foreach (var (path, times) in folderTimes)
        {
            const int Flags = FileCalls.O_RDONLY;
            using var handle = FileCalls.TryOpenAt(
                folder.Root, path.Length == 0 ? "." : path, Flags | FileCalls.O_DIRECTORY | FileCalls.O_NOFOLLOW, 0, FileCalls.RESOLVE_IN_ROOT | FileCalls.RESOLVE_NO_MAGICLINKS);
            var set = times;
            if (handle is not null && FileCalls.Futimens(handle, ref set) != 0)
            {
                throw Errno.Exception("futimens", path);
            }
        }
    }

    private void Skip(string note)
    {
        if (skipped.Count < MostNotes)
        {
            skipped.Add(note);
        }
    }

    private BuildFailedException Refuse(TarEntry entry, string reason) => new(StoreDiagnostics.LayerEntryRefused(layer, entry.Name, reason));
}
