using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ContainerStages.Posix;

/// <summary>What is in files, folders, links and extended attributes, always through an open handle.</summary>
internal static unsafe partial class FileCalls
{
    /// <summary>Opens with openat2(2), again when the kernel saw a rename on the way.</summary>
    /// <exception cref="PosixException">It cannot be opened.</exception>
    public static SafeFileHandle OpenAt(SafeFileHandle directory, string path, int flags, ulong resolve) =>
        TryOpenAt(directory, path, flags, 0, resolve) ?? throw Errno.Exception("open", path);

    /// <returns>Null where the call failed; the error number is in <see cref="Marshal.GetLastPInvokeError"/>.</returns>
    public static SafeFileHandle? TryOpenAt(SafeFileHandle directory, string path, int flags, uint mode, ulong resolve)
    {
        const int Attempts = 64;
        for (var attempt = 1; ; attempt++)
        {
            var handle = OpenBeneath(directory, path, flags, mode, resolve);
            if (handle is not null || attempt == Attempts || Marshal.GetLastPInvokeError() != Errno.EAGAIN)
            {
                return handle;
            }
        }
    }

    /// <summary>Writes all bytes at the handle's position.</summary>
    /// <exception cref="PosixException">Not everything could be written.</exception>
    public static void WriteAll(SafeFileHandle file, ReadOnlySpan<byte> bytes, string subject)
    {
        while (!bytes.IsEmpty)
        {
            var written = write(file, bytes, (nuint)bytes.Length);
            if (written >= 0)
            {
                bytes = bytes[(int)written..];
            }
            else if (Marshal.GetLastPInvokeError() != Errno.EINTR)
            {
                throw Errno.Exception("write", subject);
            }
        }
    }

    /// <returns>Number of bytes read; 0 at the end.</returns>
    /// <exception cref="PosixException">Reading failed.</exception>
    public static int ReadSome(SafeFileHandle file, Span<byte> buffer, string subject)
    {
        while (true)
        {
            var count = read(file, buffer, (nuint)buffer.Length);
            if (count >= 0)
            {
                return (int)count;
            }

            if (Marshal.GetLastPInvokeError() != Errno.EINTR)
            {
                throw Errno.Exception("read", subject);
            }
        }
    }

    /// <summary>Sets the size of a file; what is new reads as zeros and takes no space.</summary>
    [LibraryImport("libc", EntryPoint = "ftruncate", SetLastError = true)]
    public static partial int Truncate(SafeFileHandle file, long length);

    /// <summary>Moves the position of a handle, in bytes from the start.</summary>
    public static long SeekTo(SafeFileHandle file, long offset) => lseek(file, offset, 0);

    /// <summary>
    /// Where the next bytes are that take space, from a position on; the end of the file where there are none. Moves the handle's position.
    /// </summary>
    public static long FindData(SafeFileHandle file, long offset, long end) => Seek(file, offset, end, 3, offset);

    /// <summary>Where the next hole begins, at the latest the end. Moves the handle's position.</summary>
    public static long FindHole(SafeFileHandle file, long offset, long end) => Seek(file, offset, end, 4, end);

    /// <param name="unknown">The answer of a file system that does not tell holes.</param>
    private static long Seek(SafeFileHandle file, long offset, long end, int origin, long unknown) => lseek(file, offset, origin) switch
    {
        >= 0 and var found => Math.Min(found, end),
        _ => Marshal.GetLastPInvokeError() == Errno.ENXIO ? end : unknown,
    };

    /// <summary>Names in a folder that was just opened, without <c>.</c> and <c>..</c>, in no order.</summary>
    /// <exception cref="PosixException">The folder cannot be read.</exception>
    public static List<string> ListNames(SafeFileHandle directory, string subject)
    {
        const int HeaderLength = 19;
        var names = new List<string>();
        var buffer = ArrayPool<byte>.Shared.Rent(32768);
        try
        {
            while (true)
            {
                var count = (int)getdents64(Arm ? 61 : 217, directory, buffer, (nuint)buffer.Length);
                if (count <= 0)
                {
                    // A folder that somebody else removed meanwhile holds nothing.
                    return count == 0 || Marshal.GetLastPInvokeError() == Errno.ENOENT
                        ? names
                        : throw Errno.Exception("getdents64", subject);
                }

                for (var entry = buffer.AsSpan(0, count); !entry.IsEmpty; entry =
                    entry[BinaryPrimitives.ReadUInt16LittleEndian(entry[16..])..])
                {
                    var name = entry[HeaderLength..];
                    name = name[..name.IndexOf((byte)0)];
                    if (!name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8))
                    {
                        names.Add(PathText.Decode(name));
                    }
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Target of the symbolic link <paramref name="name"/> in an open folder.</summary>
    /// <exception cref="PosixException">It is no link or cannot be read.</exception>
    public static string ReadLinkAt(SafeFileHandle directory, string name)
    {
        Span<byte> buffer = stackalloc byte[4096];
        var length = readlinkat(directory, name, buffer, (nuint)buffer.Length);
        return length < 0 ? throw Errno.Exception("readlink", name) : PathText.Decode(buffer[..(int)length]);
    }

    /// <summary>Names of the extended attributes of an open file or folder; none where the file system has no such thing.</summary>
    /// <exception cref="PosixException">They cannot be read.</exception>
    public static IReadOnlyList<string> ListXattrs(SafeFileHandle file, string subject)
    {
        var size = flistxattr(file, [], 0);
        if (size == 0 || (size < 0 && Marshal.GetLastPInvokeError() == Errno.EOPNOTSUPP))
        {
            return [];
        }

        var list = new byte[Math.Max(size, 0) + 1024];
        size = size < 0 ? size : flistxattr(file, list, (nuint)list.Length);
        if (size < 0)
        {
            throw Errno.Exception("flistxattr", subject);
        }

        var names = new List<string>();
        for (var rest = list.AsSpan(0, (int)size); !rest.IsEmpty;)
        {
            var end = rest.IndexOf((byte)0);
            names.Add(PathText.Decode(rest[..end]));
            rest = rest[(end + 1)..];
        }

        return names;
    }

    /// <summary>Value of an extended attribute, or null where there is none.</summary>
    /// <exception cref="PosixException">It cannot be read.</exception>
    public static byte[]? TryGetXattr(SafeFileHandle file, string name, string subject)
    {
        var size = fgetxattr(file, name, [], 0);
        var value = new byte[Math.Max(0, size)];
        size = size > 0 ? fgetxattr(file, name, value, (nuint)value.Length) : size;
        return size >= 0
            ? value[..(int)size]
            : Marshal.GetLastPInvokeError() is Errno.ENODATA or Errno.EOPNOTSUPP ? null : throw Errno.Exception("fgetxattr", subject);
    }

    [LibraryImport("libc", EntryPoint = "fsetxattr", StringMarshallingCustomType = typeof(PathText), SetLastError = true)]
    public static partial int SetXattr(SafeFileHandle file, string name, ReadOnlySpan<byte> value, nuint size, int flags);

    [LibraryImport("libc", StringMarshallingCustomType = typeof(PathText), SetLastError = true)]
    private static partial nint fgetxattr(SafeFileHandle file, string name, Span<byte> value, nuint size);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint flistxattr(SafeFileHandle file, Span<byte> list, nuint size);

    [LibraryImport("libc", StringMarshallingCustomType = typeof(PathText), SetLastError = true)]
    private static partial nint readlinkat(SafeFileHandle directory, string name, Span<byte> target, nuint size);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint write(SafeFileHandle file, ReadOnlySpan<byte> bytes, nuint count);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint read(SafeFileHandle file, Span<byte> bytes, nuint count);

    [LibraryImport("libc", SetLastError = true)]
    private static partial long lseek(SafeFileHandle file, long offset, int origin);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long getdents64(long number, SafeFileHandle directory, Span<byte> buffer, nuint size);
}
