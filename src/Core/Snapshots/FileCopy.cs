using System.Runtime.InteropServices;
using ContainerStages.Diagnostics;
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
        var left = source.Status.Size;
        while (left > 0)
        {
            var copied = FileCalls.CopyFileRange(from, 0, to, 0, (nuint)Math.Min(left, 1 << 30), 0);
            if (copied < 0)
            {
                if (Marshal.GetLastPInvokeError() is Errno.EXDEV or Errno.EINVAL or Errno.EOPNOTSUPP)
                {
                    CopyByReading(from, to);
                    return;
                }

                throw Errno.Exception("copy_file_range", source.HostPath!);
            }

            left = copied == 0 ? 0 : left - copied;
        }
    }

    private static void CopyByReading(SafeFileHandle from, SafeFileHandle to)
    {
        var buffer = new byte[1 << 20];
        long position = 0;
        for (int read; (read = RandomAccess.Read(from, buffer, position)) > 0; position += read)
        {
            RandomAccess.Write(to, buffer.AsSpan(0, read), position);
        }
    }

    public static void Node(string target, in FileStatus status) =>
        FileCalls.Check(FileCalls.Mknod(target, status.Mode, FileCalls.MakeDevice(status.DeviceMajor, status.DeviceMinor)), "mknod", target);

    /// <summary>Extended attributes that belong to content: capabilities and the user's own, not overlayfs's.</summary>
    public static void Attributes(string source, string target) =>
        Attributes(source, target, name => name == "security.capability" || name.StartsWith("user.", StringComparison.Ordinal), mustSet: true);

    /// <summary>Every extended attribute that may be set here, but not overlayfs's.</summary>
    public static void AllAttributes(string source, string target) => Attributes(source, target, _ => true, mustSet: false);

    private static void Attributes(string source, string target, Predicate<string> isWanted, bool mustSet)
    {
        foreach (var name in AttributeNames(source))
        {
            if (name.StartsWith("user.overlay.", StringComparison.Ordinal) || name.StartsWith("trusted.overlay.", StringComparison.Ordinal) || !isWanted(name))
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
