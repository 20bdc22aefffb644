using ContainerStages.Diagnostics;
using ContainerStages.Posix;
using Microsoft.Win32.SafeHandles;

namespace ContainerStages.Layers;

/// <summary>Reads a folder in overlay form once, names in the order of their bytes, and writes it as the tar of a layer.</summary>
internal sealed class LayerFolderReader(TarStreamWriter writer, LayerWriterOptions options, CancellationToken cancellationToken)
{
    private const int FolderFlags = FileCalls.O_RDONLY;
    private const ulong Inside = FileCalls.RESOLVE_BENEATH | FileCalls.RESOLVE_NO_SYMLINKS;
    private readonly Dictionary<(ulong Device, ulong Inode), string> linked = [];
    private RecordedOwners? owners;

    /// <summary>Bytes of all files written.</summary>
    public long Size { get; private set; }

    /// <summary>Entries written; 0 for a folder in which nothing changed.</summary>
    public int Count { get; private set; }

    public void Write(string directory)
    {
        owners = RecordedOwners.Read(directory);
        using var root = FileCalls.OpenDirectory(directory);
        var (_, opaque) = ReadXattrs(root, "");
        WriteChildren(root, "", opaque);
    }

    private void WriteChildren(SafeFileHandle folder, string prefix, bool opaque)
    {
        if (opaque)
        {
            WriteMarker(prefix + Whiteout.Opaque);
        }

        var names = FileCalls.ListNames(folder, prefix);
        names.Sort(Whiteout.CompareNames);
        foreach (var name in names)
        {
            cancellationToken.ThrowIfCancellationRequested();
            WriteChild(folder, prefix + name, name);
        }
    }

    private void WriteChild(SafeFileHandle folder, string path, string name)
    {
        if (!FileCalls.TryStat(folder, name, out var status))
        {
            throw new IOException($"'{path}' vanished while its layer was written.");
        }

        if (!status.IsWhiteout && owners is not null)
        {
            status = owners.Apply(path, status);
        }

        if (status.IsWhiteout)
        {
            WriteMarker(path[..^name.Length] + Whiteout.Prefix + name);
            return;
        }

        if (name.StartsWith(Whiteout.Prefix, StringComparison.Ordinal))
        {
            throw new BuildFailedException(StoreDiagnostics.NameReserved(path));
        }

        if (status.IsDirectory)
        {
            WriteFolder(folder, path, name, status);
        }
        else if (status.LinkCount > 1 && !linked.TryAdd((status.Device, status.Inode), path))
        {
            WriteEntry(Describe(status, TarEntryKind.HardLink, path) with { LinkName = linked[(status.Device, status.Inode)] });
        }
        else if (status.IsRegularFile)
        {
            WriteFile(folder, path, name, status);
        }
        else
        {
            WriteSpecial(folder, path, name, status);
        }
    }

    private void WriteFolder(SafeFileHandle parent, string path, string name, in FileStatus status)
    {
        using var folder = FileCalls.OpenAt(parent, name, FolderFlags | FileCalls.O_DIRECTORY | FileCalls.O_NOFOLLOW, Inside);
        var (xattrs, opaque) = ReadXattrs(folder, path);
        WriteEntry(Describe(status, TarEntryKind.Directory, path + "/") with { Xattrs = xattrs });
        WriteChildren(folder, path + "/", opaque);
    }

    private void WriteFile(SafeFileHandle folder, string path, string name, in FileStatus status)
    {
        using var file = FileCalls.OpenAt(folder, name, FileCalls.O_RDONLY | FileCalls.O_NOFOLLOW, Inside);
        var (xattrs, _) = ReadXattrs(file, path);
        WriteEntry(Describe(status, TarEntryKind.File, path) with { Size = status.Size, Xattrs = xattrs });
        if (!writer.TryWriteContent(file, path, cancellationToken))
        {
            throw new IOException($"'{path}' became shorter while its layer was written.");
        }

        Size += status.Size;
    }

    private void WriteSpecial(SafeFileHandle folder, string path, string name, in FileStatus status)
    {
        switch (SpecialFiles.KindOf(status))
        {
            case null:
                linked.Remove((status.Device, status.Inode));
                break;
            case TarEntryKind.SymbolicLink:
                WriteEntry(Describe(status, TarEntryKind.SymbolicLink, path) with { LinkName = FileCalls.ReadLinkAt(folder, name) });
                break;
            case { } kind:
                WriteEntry(Describe(status, kind, path) with { DeviceMajor = status.DeviceMajor, DeviceMinor = status.DeviceMinor });
                break;
        }
    }

    private void WriteMarker(string path) =>
        WriteEntry(new TarEntry { Kind = TarEntryKind.File, Name = path });

    private void WriteEntry(TarEntry entry)
    {
        writer.WriteEntry(entry);
        Count++;
    }

    private TarEntry Describe(in FileStatus status, TarEntryKind kind, string path) => new()
    {
        Kind = kind,
        Name = path,
        // What the kernel says of a link's mode differs between file systems.
        Mode = kind == TarEntryKind.SymbolicLink ? 0x1FFu : status.Permissions,
        UserId = status.UserId,
        GroupId = status.GroupId,
        ModificationSeconds = options.SameTimes ? options.Form.Epoch : Math.Clamp(status.ModificationSeconds, 0, options.Form.Epoch),
    };

    private (IReadOnlyList<KeyValuePair<string, byte[]>> Xattrs, bool Opaque) ReadXattrs(SafeFileHandle file, string path)
    {
        var opaque = false;
        List<KeyValuePair<string, byte[]>>? kept = owners?.CapabilityOf(path) is { } capability
            ? [KeyValuePair.Create(EntryMetadata.Capability, capability)]
            : null;
        foreach (var name in FileCalls.ListXattrs(file, path))
        {
            if (Whiteout.IsOpaqueXattr(name))
            {
                opaque = FileCalls.TryGetXattr(file, name, path)?.AsSpan().SequenceEqual(Whiteout.OpaqueValue.AsSpan()) == true;
            }
            else if (Whiteout.RefersElsewhere(name))
            {
                throw new InvalidOperationException($"'{path}' is no complete layer: overlayfs was mounted with redirect_dir or metacopy.");
            }
            else if (Whiteout.TravelsInLayers(name) && FileCalls.TryGetXattr(file, name, path) is { } value)
            {
                (kept ??= []).Add(KeyValuePair.Create(name, value));
            }
        }

        return (kept ?? (IReadOnlyList<KeyValuePair<string, byte[]>>)[], opaque);
    }
}
