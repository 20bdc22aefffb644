using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ContainerStages.Posix;

/// <content>Calls by absolute path, for folders that only this program writes.</content>
internal static unsafe partial class FileCalls
{
    public const int X_OK = 1;
    public const int W_OK = 2;

    /// <summary>access(2), for this process's real user.</summary>
    [LibraryImport("libc", EntryPoint = "access", StringMarshallingCustomType = typeof(PathText), SetLastError = true)]
    public static partial int Access(string path, int mode);

    [LibraryImport("libc", EntryPoint = "lchown", StringMarshallingCustomType = typeof(PathText), SetLastError = true)]
    public static partial int ChownNoFollow(string path, uint owner, uint group);

    [LibraryImport("libc", EntryPoint = "utimensat", StringMarshallingCustomType = typeof(PathText), SetLastError = true)]
    public static partial int UtimensPath(int directory, string path, ref FileTimes times, int flags);

    /// <summary>copy_file_range(2); zero offsets mean the files' own positions.</summary>
    [LibraryImport("libc", EntryPoint = "copy_file_range", SetLastError = true)]
    public static partial nint CopyFileRange(SafeFileHandle from, nint fromOffset, SafeFileHandle to, nint toOffset, nuint length, uint flags);
}
