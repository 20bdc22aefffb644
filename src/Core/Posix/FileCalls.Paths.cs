using System.Buffers;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ContainerStages.Posix;

/// <content>Calls by absolute path, for folders that only this program writes.</content>
internal static unsafe partial class FileCalls
{
    public const int X_OK = 1;
    public const int W_OK = 2;
    public const int R_OK = 4;

    /// <summary>access(2), for this process's real user.</summary>
    [LibraryImport("libc", EntryPoint = "access", StringMarshallingCustomType = typeof(PathText), SetLastError = true)]
    public static partial int Access(string path, int mode);

    [LibraryImport("libc", EntryPoint = "lchown", StringMarshallingCustomType = typeof(PathText), SetLastError = true)]
    public static partial int ChownNoFollow(string path, uint owner, uint group);

    [LibraryImport("libc", EntryPoint = "utimensat", StringMarshallingCustomType = typeof(PathText), SetLastError = true)]
    public static partial int UtimensPath(int directory, string path, ref FileTimes times, int flags);

    /// <summary>copy_file_range(2); zero offsets mean the files' own positions.</summary>
    [LibraryImport("libc", EntryPoint = "copy_file_range", SetLastError = true)]
    public static partial nint CopyFileRange(
        SafeFileHandle from,
        nint fromOffset,
        SafeFileHandle to,
        nint toOffset,
        nuint length,
        uint flags);

    /// <summary>Names in a folder, in no order.</summary>
    /// <exception cref="PosixException">It cannot be read.</exception>
    public static List<string> ListNames(string folder)
    {
        using var handle = OpenDirectory(folder);
        return ListNames(handle, folder);
    }

    /// <summary>Target of a symbolic link.</summary>
    /// <exception cref="PosixException">It is no link or cannot be read.</exception>
    public static string ReadLink(string path)
    {
        using var folder = OpenDirectory(Path.GetDirectoryName(path)!);
        return ReadLinkAt(folder, Path.GetFileName(path));
    }

    /// <summary>Opens a file; never the terminal, never following a link at the end.</summary>
    /// <exception cref="PosixException">It cannot be opened.</exception>
    public static SafeFileHandle OpenFile(string path, int flags, uint mode = 0) =>
        TryOpenFile(path, flags, mode) ?? throw Errno.Exception("open", path);

    /// <inheritdoc cref="OpenFile"/>
    /// <returns>Null where the call failed; the error number is in <see cref="Marshal.GetLastPInvokeError"/>.</returns>
    public static SafeFileHandle? TryOpenFile(string path, int flags, uint mode = 0)
    {
        var handle = open(path, flags | O_CLOEXEC | O_NOFOLLOW, mode);
        return handle < 0 ? null : new SafeFileHandle(handle, ownsHandle: true);
    }

    /// <summary>The whole of a small file. Those that each build reads are many: .NET makes eight calls for one, this makes four.</summary>
    /// <returns>Null where there is no such file, and for a folder.</returns>
    /// <exception cref="PosixException">It cannot be read.</exception>
    public static byte[]? TryReadAll(string path)
    {
        using var file = TryOpenForReading(path);
        try
        {
            return file is null ? null : ReadAll(file, path);
        }
        catch (PosixException failure) when (failure.ErrorNumber == Errno.EISDIR)
        {
            return null;
        }
    }

    /// <summary>What follows in an open file, to its end.</summary>
    /// <exception cref="PosixException">It cannot be read.</exception>
    public static byte[] ReadAll(SafeFileHandle file, string subject)
    {
        var (buffer, length) = (ArrayPool<byte>.Shared.Rent(4096), 0);
        try
        {
            for (int count; (count = ReadSome(file, buffer.AsSpan(length), subject)) > 0;)
            {
                length += count;
                buffer = length < buffer.Length ? buffer : Larger(buffer);
            }

            return buffer[..length];
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>The beginning of a file, as much as there is room for.</summary>
    /// <returns>Number of bytes; null where there is no such file.</returns>
    /// <exception cref="PosixException">It cannot be read.</exception>
    public static int? TryRead(string path, Span<byte> bytes)
    {
        using var file = TryOpenForReading(path);
        var length = 0;
        for (int count; file is not null && length < bytes.Length && (count = ReadSome(file, bytes[length..], path)) > 0;)
        {
            length += count;
        }

        return file is null ? null : length;
    }

    private static SafeFileHandle? TryOpenForReading(string path)
    {
        var handle = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY, 0);
        return handle >= 0 ? new SafeFileHandle(handle, ownsHandle: true)
            : Marshal.GetLastPInvokeError() is Errno.ENOENT or Errno.ENOTDIR ? null
            : throw Errno.Exception("open", path);
    }

    private static byte[] Larger(byte[] full)
    {
        var larger = ArrayPool<byte>.Shared.Rent(4 * full.Length);
        full.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(full);
        return larger;
    }

    /// <summary>Magic number of the file system that a path lies in; 0 where that cannot be told. Source: statfs(2).</summary>
    public static ulong FileSystemOf(string path)
    {
        StatfsData data = default;
        return statfs(path, ref data) == 0 ? (uint)data.Type : 0;
    }

    [LibraryImport("libc", StringMarshallingCustomType = typeof(PathText), SetLastError = true)]
    private static partial int statfs(string path, ref StatfsData data);

    // The kernel writes 120 bytes on 64-bit machines, of which the first field is wanted.
    [StructLayout(LayoutKind.Sequential, Size = 256)]
    private struct StatfsData
    {
        public long Type;
    }

    [LibraryImport("libc", EntryPoint = "symlink", StringMarshallingCustomType = typeof(PathText), SetLastError = true)]
    public static partial int Symlink(string target, string path);

    [LibraryImport("libc", EntryPoint = "unlink", StringMarshallingCustomType = typeof(PathText), SetLastError = true)]
    public static partial int Unlink(string path);

    [LibraryImport("libc", EntryPoint = "mkdir", StringMarshallingCustomType = typeof(PathText), SetLastError = true)]
    public static partial int Mkdir(string path, uint mode);

    [LibraryImport("libc", EntryPoint = "chmod", StringMarshallingCustomType = typeof(PathText), SetLastError = true)]
    public static partial int Chmod(string path, uint mode);

    /// <summary>mknod(2): a device node, a pipe or a socket.</summary>
    [LibraryImport("libc", EntryPoint = "mknod", StringMarshallingCustomType = typeof(PathText), SetLastError = true)]
    public static partial int Mknod(string path, uint mode, ulong device);

    /// <exception cref="PosixException">The call failed.</exception>
    public static void Check(int result, string call, string subject)
    {
        if (result != 0)
        {
            throw Errno.Exception(call, subject);
        }
    }
}
