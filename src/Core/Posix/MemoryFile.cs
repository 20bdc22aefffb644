using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ContainerStages.Posix;

/// <summary>A file without a name that is in no folder and on no disk. Source: memfd_create(2).</summary>
internal static partial class MemoryFile
{
    private const uint MFD_CLOEXEC = 1;
    private const int F_DUPFD_CLOEXEC = 1030;

    // Programs are started with descriptors below this one put in their places: none of those may be this file before its turn.
    private const int FirstDescriptor = 10;

    /// <exception cref="PosixException">There is no memory for it.</exception>
    public static SafeFileHandle Create(string name, ReadOnlySpan<byte> content)
    {
        using var made = new SafeFileHandle(memfd_create(name, MFD_CLOEXEC), ownsHandle: true);
        if (made.IsInvalid)
        {
            throw Errno.Exception("memfd_create", name);
        }

        FileCalls.WriteAll(made, content, name);
        var file = new SafeFileHandle(fcntl(made, F_DUPFD_CLOEXEC, FirstDescriptor), ownsHandle: true);
        return file.IsInvalid ? throw Errno.Exception("fcntl", name) : file;
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int memfd_create(string name, uint flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fcntl(SafeFileHandle file, int command, nint argument);
}
