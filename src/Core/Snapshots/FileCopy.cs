using System.Runtime.InteropServices;
using ContainerStages.Diagnostics;
using ContainerStages.Layers;
using ContainerStages.Posix;
using Microsoft.Win32.SafeHandles;

namespace ContainerStages.Snapshots;

/// <summary>The parts of a file that are copied: content, attributes, or what makes a special file.</summary>
internal static class FileCopy
{
    /// <summary>Copies the bytes that were there when the entry was found into a new file; inside the kernel where it can.</summary>
    /// <exception cref="SourceChangedException">They are no longer there.</exception>
    public static void Content(UnionEntry source, string target)
    {
        using var from = source.Open();
        using var to = FileCalls.OpenFile(target, FileCalls.O_WRONLY | FileCalls.O_CREAT | FileCalls.O_EXCL, 0x180);
        try
        {
            Content(from, to, source);
        }
        catch (Exception) when (!source.IsUnchanged(from))
        {
            // A folder or a pipe has no such content.
            throw new SourceChangedException(source.HostPath!);
        }

        source.RequireUnchanged(from);
    }

    private static void Content(SafeFileHandle from, SafeFileHandle to, UnionEntry source)
    {
        if (source.Status.MayHaveHoles)
        {
            Parts(from, to, source);
        }
        else if (!TryCopyRange(from, to, source.Status.Size, source.HostPath!))
        {
            CopyByReading(from, to, 0, source.Status.Size);
        }
    }

    /// <summary>Holes stay holes: an image of a disk of many gigabytes may hold little.</summary>
    private static void Parts(SafeFileHandle from, SafeFileHandle to, UnionEntry source)
    {
        var size = source.Status.Size;
        for (long data = 0, hole; data < size && (data = FileCalls.FindData(from, data, size)) < size; data = hole)
        {
            hole = FileCalls.FindHole(from, data, size);
            _ = FileCalls.SeekTo(from, data);
            _ = FileCalls.SeekTo(to, data);
            if (!TryCopyRange(from, to, hole - data, source.HostPath!))
            {
                CopyByReading(from, to, data, hole - data);
            }
        }

        FileCalls.Check(FileCalls.Truncate(to, size), "ftruncate", source.HostPath!);
    }

    /// <summary>Copies from where both files stand.</summary>
    /// <returns>False where the kernel cannot copy between the two.</returns>
    private static bool TryCopyRange(SafeFileHandle from, SafeFileHandle to, long count, string subject)
    {
        while (count > 0)
        {
            var copied = FileCalls.CopyFileRange(from, 0, to, 0, (nuint)Math.Min(count, 1 << 30), 0);
            if (copied < 0)
            {
                return Marshal.GetLastPInvokeError() is Errno.EXDEV or Errno.EINVAL or Errno.EOPNOTSUPP
                    ? false
                    : throw Errno.Exception("copy_file_range", subject);
            }

            count = copied == 0 ? 0 : count - copied;
        }

        return true;
    }

    private static void CopyByReading(SafeFileHandle from, SafeFileHandle to, long start, long count)
    {
        var buffer = new byte[(int)Math.Min(count, 1 << 20)];
        for (
            int read; count > 0
                && (read = RandomAccess.Read(from, buffer.AsSpan(0, (int)Math.Min(count, buffer.Length)), start)) > 0; start += read,
            count -= read)
        {
            RandomAccess.Write(to, buffer.AsSpan(0, read), start);
        }
    }

    public static void Node(string target, in FileStatus status) =>
        FileCalls.Check(
            FileCalls.Mknod(target, status.Mode, FileCalls.MakeDevice(status.DeviceMajor, status.DeviceMinor)),
            "mknod",
            target);

    /// <summary>Extended attributes that belong to content: capabilities and the user's own, not overlayfs's.</summary>
    public static void Attributes(string source, string target) =>
        Attributes(
            source,
            target,
            name => name == EntryMetadata.Capability || name.StartsWith("user.", StringComparison.Ordinal),
            mustSet: true);

    /// <summary>Every extended attribute that may be set here, but not overlayfs's.</summary>
    public static void AllAttributes(string source, string target) => Attributes(source, target, _ => true, mustSet: false);

    private static void Attributes(string source, string target, Predicate<string> isWanted, bool mustSet)
    {
        foreach (var name in AttributeNames(source))
        {
            if (name.StartsWith("user.overlay.", StringComparison.Ordinal)
                || name.StartsWith("trusted.overlay.", StringComparison.Ordinal)
                || !isWanted(name))
            {
                continue;
            }

            var value = new byte[Math.Max(0, FileCalls.GetXattr(source, name, [], 0))];
            var size = FileCalls.GetXattr(source, name, value, (nuint)value.Length);
            var isSet = size >= 0 && FileCalls.SetXattr(target, name, value.AsSpan(0, (int)size), (nuint)size, 0) == 0;
            if (!isSet && (mustSet || (size >= 0 && Marshal.GetLastPInvokeError() is not (Errno.EPERM or Errno.EOPNOTSUPP))))
            {
                throw AttributeFailure(name, value.Length, target);
            }
        }
    }

    private static string[] AttributeNames(string path)
    {
        var names = new byte[Math.Max(0, FileCalls.ListXattr(path, [], 0))];
        var length = names.Length == 0 ? 0 : FileCalls.ListXattr(path, names, (nuint)names.Length);
        return length <= 0 ? [] : PathText.Decode(names.AsSpan(0, (int)length)).Split('\0', StringSplitOptions.RemoveEmptyEntries);
    }

    private static Exception AttributeFailure(string name, long size, string target)
    {
        var error = Marshal.GetLastPInvokeError();
        using var file = FileCalls.OpenFile(target, FileCalls.O_PATH | FileCalls.O_NOFOLLOW);
        return DiskSpace.IsAttributeTooLarge(error, file)
            ? new BuildFailedException(StoreDiagnostics.AttributeTooLarge(target, name, size))
            : new PosixException("setxattr " + name, target, error);
    }
}
