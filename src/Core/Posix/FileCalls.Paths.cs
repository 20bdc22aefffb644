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
    public static SafeFileHandle OpenFile(string path, int flags, uint mode = 0)
    {
        var handle = open(path, flags | O_CLOEXEC | O_NOFOLLOW, mode);
        return handle < 0 ? throw Errno.Exception("open", path) : new SafeFileHandle(handle, ownsHandle: true);
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
