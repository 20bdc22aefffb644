using System.Runtime.InteropServices;
using ContainerStages.Diagnostics;
using ContainerStages.Posix;
using Microsoft.Win32.SafeHandles;

namespace ContainerStages.Layers;

/// <summary>Gives entries their owner, mode, attributes and time, in the order in which the kernel does not take them back.</summary>
internal static class EntryMetadata
{
    /// <summary>The attribute that holds a file's capabilities, which only root may set.</summary>
    public const string Capability = "security.capability";

    /// <summary>
    /// A file or folder through its own handle. Changing the owner drops set-id bits and capabilities, so it comes first.
    /// </summary>
    /// <param name="recorded">
    /// Receives owner and mode, and the path that they are for, where this process may not give files any; else null.
    /// </param>
    public static void Apply(SafeFileHandle handle, TarEntry entry, (RecordedOwners Owners, string Path)? recorded, Action<string> skipped)
    {
        if (recorded is var (owners, path))
        {
            var mode = owners.Record(path, entry.UserId, entry.GroupId, entry.Mode, entry.Kind == TarEntryKind.Directory);
            Check(FileCalls.Fchmod(handle, mode), "chmod", entry);
        }
        else
        {
            Check(FileCalls.Fchown(handle, entry.UserId, entry.GroupId), "chown", entry);
            Check(FileCalls.Fchmod(handle, entry.Mode), "chmod", entry);
        }

        foreach (var (name, value) in entry.Xattrs)
        {
            if (recorded is var (record, of) && name == Capability)
            {
                record.RecordCapability(of, value);
            }
            else
            {
                ApplyXattr(handle, entry, name, value, skipped);
            }
        }
    }

    public static void ApplyTime(SafeFileHandle handle, TarEntry entry)
    {
        var times = FileTimes.Both(entry.ModificationSeconds, entry.ModificationNanoseconds);
        Check(FileCalls.Futimens(handle, ref times), "futimens", entry);
    }

    /// <summary>A link, device or fifo by its name, which is never followed.</summary>
    public static void Apply(SafeFileHandle parent, string name, TarEntry entry, (RecordedOwners Owners, string Path)? recorded)
    {
        if (recorded is var (owners, path))
        {
            Record(owners, path, parent, name, entry);
        }
        else
        {
            Give(parent, name, entry);
        }

        var times = FileTimes.Both(entry.ModificationSeconds, entry.ModificationNanoseconds);
        Check(FileCalls.UtimensAt(parent, name, ref times, FileCalls.AT_SYMLINK_NOFOLLOW), "utimensat", entry);
    }

    private static void Record(RecordedOwners owners, string path, SafeFileHandle parent, string name, TarEntry entry)
    {
        switch (entry.Kind)
        {
            case TarEntryKind.SymbolicLink:
                owners.RecordLink(path, entry.UserId, entry.GroupId);
                break;
            case TarEntryKind.Fifo:
                Check(
                    FileCalls.FchmodAt(
                        parent,
                        name,
                        owners.Record(path, entry.UserId, entry.GroupId, entry.Mode, isFolder: false),
                        FileCalls.AT_SYMLINK_NOFOLLOW),
                    "chmod",
                    entry);
                break;
            default:
                owners.RecordDevice(
                    path,
                    entry.UserId,
                    entry.GroupId,
                    SpecialFiles.TypeOf(entry.Kind) | entry.Mode,
                    entry.DeviceMajor,
                    entry.DeviceMinor);
                break;
        }
    }

    private static void Give(SafeFileHandle parent, string name, TarEntry entry)
    {
        Check(FileCalls.FchownAt(parent, name, entry.UserId, entry.GroupId, FileCalls.AT_SYMLINK_NOFOLLOW), "chown", entry);
        if (entry.Kind != TarEntryKind.SymbolicLink)
        {
            Check(FileCalls.FchmodAt(parent, name, entry.Mode, FileCalls.AT_SYMLINK_NOFOLLOW), "chmod", entry);
        }
    }

    /// <summary>
    /// The file that another name was made for: of several that differ the last wins, as in Docker and containerd (archive/tar.go,
    /// createTarFile). Attributes are the first's, so that a name without them takes no capability away.
    /// </summary>
    public static void ApplyToLink(SafeFileHandle parent, string name, TarEntry entry, in FileStatus linked)
    {
        if ((linked.UserId, linked.GroupId) != (entry.UserId, entry.GroupId))
        {
            Check(FileCalls.FchownAt(parent, name, entry.UserId, entry.GroupId, FileCalls.AT_SYMLINK_NOFOLLOW), "chown", entry);
        }
        else if (linked.IsSymbolicLink || linked.Permissions == entry.Mode)
        {
            return;
        }

        if (!linked.IsSymbolicLink)
        {
            Check(FileCalls.FchmodAt(parent, name, entry.Mode, FileCalls.AT_SYMLINK_NOFOLLOW), "chmod", entry);
        }
    }

    /// <summary>The same where owners are recorded. Names between the first and the last keep what they were recorded with.</summary>
    public static void RecordLink(
        RecordedOwners owners,
        string first,
        SafeFileHandle parent,
        string name,
        TarEntry entry,
        in FileStatus linked)
    {
        if (linked.IsSymbolicLink)
        {
            owners.RecordLink(first, entry.UserId, entry.GroupId);
            return;
        }

        var before = owners.Apply(first, linked);
        if (!before.IsRegularFile)
        {
            return;
        }

        // The kernel takes capabilities away when it changes the owner.
        var capability = (before.UserId, before.GroupId) == (entry.UserId, entry.GroupId) ? owners.CapabilityOf(first) : null;
        Check(
            FileCalls.FchmodAt(
                parent,
                name,
                owners.Record(first, entry.UserId, entry.GroupId, entry.Mode, isFolder: false),
                FileCalls.AT_SYMLINK_NOFOLLOW),
            "chmod",
            entry);
        if (capability is not null)
        {
            owners.RecordCapability(first, capability);
        }
    }

    private static void ApplyXattr(SafeFileHandle handle, TarEntry entry, string name, byte[] value, Action<string> skipped)
    {
        if (!Whiteout.TravelsInLayers(name))
        {
            return;
        }

        if (FileCalls.SetXattr(handle, name, value, (nuint)value.Length, 0) != 0)
        {
            var error = Marshal.GetLastPInvokeError();
            if (error is not (Errno.EOPNOTSUPP or Errno.EPERM))
            {
                throw DiskSpace.IsAttributeTooLarge(error, handle)
                    ? new BuildFailedException(StoreDiagnostics.AttributeTooLarge(entry.Name, name, value.Length))
                    : new PosixException("fsetxattr", entry.Name, error);
            }

            skipped($"The attribute {name} of '{entry.Name}' cannot be set here ({Marshal.GetPInvokeErrorMessage(error)}).");
        }
    }

    private static void Check(int result, string call, TarEntry entry)
    {
        if (result != 0)
        {
            throw Errno.Exception(call, entry.Name);
        }
    }
}
