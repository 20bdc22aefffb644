using System.Runtime.InteropServices;
using ContainerStages.Posix;
using Microsoft.Win32.SafeHandles;

namespace ContainerStages.Layers;

/// <summary>
/// Makes the entries of an archive in a layer's folder, each in the place of what an earlier entry put there. Nothing outside the folder
/// is made, changed or read, whatever the entry says.
/// </summary>
internal sealed class EntryMaker(TarStreamReader reader, LayerFolder folder, ExtractionNotes notes)
{
    private const uint UnfinishedFile = 0x180; // rw-------
    private const long LargeFile = 64 << 20;

    public void MakeFile(TarEntry entry, EntryPath path, CancellationToken cancellationToken)
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
            EntryMetadata.Apply(file, entry, Recorded(parent, path.Name), notes.Skip);
            EntryMetadata.ApplyTime(file, entry);
        }
    }

    private static SafeFileHandle? Create(SafeFileHandle parent, string name)
    {
        const int Flags = FileCalls.O_WRONLY | FileCalls.O_CREAT | FileCalls.O_EXCL;
        var file = FileCalls.TryOpenAt(
            parent,
            name,
            Flags | FileCalls.O_NOFOLLOW,
            UnfinishedFile,
            FileCalls.RESOLVE_BENEATH | FileCalls.RESOLVE_NO_SYMLINKS);
        return file is null && Marshal.GetLastPInvokeError() != Errno.EEXIST ? throw Errno.Exception("open", name) : file;
    }

    private void WriteContent(SafeFileHandle file, TarEntry entry, CancellationToken cancellationToken)
    {
        RequireSpace(file, entry);
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

    /// <summary>A large file is refused before it fills the disk. The holes of a sparse one take no space.</summary>
    private static void RequireSpace(SafeFileHandle file, TarEntry entry)
    {
        var stored = entry.SparseRanges?.Sum(range => range.Length) ?? entry.Size;
        if (stored > LargeFile && stored > DiskSpace.FreeOf(file))
        {
            throw new PosixException("write", entry.Name, Errno.ENOSPC);
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

    public void MakeFolder(TarEntry entry, EntryPath path)
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
        EntryMetadata.Apply(handle, entry, Recorded(parent, path.Name), notes.Skip);
        folder.Remember(path.Full, handle);
        notes.RememberTime(path.Full, entry);
    }

    /// <summary>
    /// The target's parent is resolved inside the layer and the target itself is not followed, so no outside file gets a name here.
    /// </summary>
    public void MakeHardLink(TarEntry entry, EntryPath path)
    {
        var target = EntryPath.Parse(entry.LinkName, out var problem);
        if (problem.Length > 0 || target.IsRoot)
        {
            throw notes.Refuse(
                entry,
                $"is a hard link whose target '{entry.LinkName}' {(problem.Length > 0 ? problem : "is the root folder.")}");
        }

        folder.MakeRoom(2);
        var parent = folder.OpenParent(path.Parent);
        var linked = default(FileStatus);
        var found = folder.Exists(target.Parent) && FileCalls.TryStat(folder.OpenParent(target.Parent), target.Name, out linked);
        if (!found || linked.IsDirectory || linked.IsWhiteout)
        {
            throw notes.Refuse(entry, $"is a hard link to '{entry.LinkName}', which is no file of this layer.");
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

        if (folder.Owners is { } owners)
        {
            var first = folder.PathOf(folder.OpenParent(target.Parent), target.Name);
            EntryMetadata.RecordLink(owners, first, parent, path.Name, entry, linked);
            owners.Link(folder.PathOf(parent, path.Name), first);
        }
        else
        {
            EntryMetadata.ApplyToLink(parent, path.Name, entry, linked);
        }

        if (replaced)
        {
            folder.Forget(keep: null);
        }
    }

    public void MakeSpecial(TarEntry entry, EntryPath path)
    {
        var parent = folder.OpenParent(path.Parent);
        if (FileCalls.TryStat(parent, path.Name, out _))
        {
            ClearPlace(parent, path.Name);
        }

        var isDevice = entry.Kind is TarEntryKind.CharacterDevice or TarEntryKind.BlockDevice;
        var result = entry.Kind == TarEntryKind.SymbolicLink ? FileCalls.SymlinkAt(entry.LinkName, parent, path.Name)
            : isDevice && folder.Owners is not null ? FileCalls.MknodAt(parent, path.Name, FileCalls.S_IFREG | UnfinishedFile, 0)
            : FileCalls.MknodAt(
                parent,
                path.Name,
                SpecialFiles.TypeOf(entry.Kind) | UnfinishedFile,
                FileCalls.MakeDevice(entry.DeviceMajor, entry.DeviceMinor));
        if (result == 0)
        {
            EntryMetadata.Apply(parent, path.Name, entry, Recorded(parent, path.Name));
        }
        else if (isDevice && Marshal.GetLastPInvokeError() == Errno.EPERM)
        {
            notes.Skip($"The device node '{entry.Name}' needs root and was left out.");
        }
        else
        {
            throw Errno.Exception(entry.Kind == TarEntryKind.SymbolicLink ? "symlink" : "mknod", entry.Name);
        }
    }

    private (RecordedOwners Owners, string Path)? Recorded(SafeFileHandle parent, string name) =>
        folder.Owners is { } owners ? (owners, folder.PathOf(parent, name)) : null;

    private void ClearPlace(SafeFileHandle parent, string name)
    {
        TreeRemover.Remove(parent, name);
        folder.Forget(keep: parent);
    }
}
