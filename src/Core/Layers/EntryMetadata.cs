using System.Runtime.InteropServices;
using ContainerStages.Diagnostics;
using ContainerStages.Posix;
using Microsoft.Win32.SafeHandles;

namespace ContainerStages.Layers;

/// <summary>Gives entries their owner, mode, attributes and time, in the order in which the kernel does not take them back.</summary>
internal static class EntryMetadata
{
    /// <summary>A file or folder through its own handle. Changing the owner drops set-id bits and capabilities, so it comes first.</summary>
    public static void Apply(SafeFileHandle handle, TarEntry entry, Action<string> skipped)
    {
        Check(FileCalls.Fchown(handle, entry.UserId, entry.GroupId), "chown", entry);
        Check(FileCalls.Fchmod(handle, entry.Mode), "chmod", entry);
        foreach (var (name, value) in entry.Xattrs)
        {
            ApplyXattr(handle, entry, name, value, skipped);
        }
    }

    public static void ApplyTime(SafeFileHandle handle, TarEntry entry)
    {
        var times = FileTimes.Both(entry.ModificationSeconds, entry.ModificationNanoseconds);
        Check(FileCalls.Futimens(handle, ref times), "futimens", entry);
    }

    /// <summary>A link, device or fifo by its name, which is never followed.</summary>
    public static void Apply(SafeFileHandle parent, string name, TarEntry entry)
    {
        Check(FileCalls.FchownAt(parent, name, entry.UserId, entry.GroupId, FileCalls.AT_SYMLINK_NOFOLLOW), "chown", entry);
        if (entry.Kind != TarEntryKind.SymbolicLink)
        {
            Check(FileCalls.FchmodAt(parent, name, entry.Mode, FileCalls.AT_SYMLINK_NOFOLLOW), "chmod", entry);
        }

        var times = FileTimes.Both(entry.ModificationSeconds, entry.ModificationNanoseconds);
        Check(FileCalls.UtimensAt(parent, name, ref times, FileCalls.AT_SYMLINK_NOFOLLOW), "utimensat", entry);
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
