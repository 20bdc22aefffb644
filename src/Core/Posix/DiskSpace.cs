using Microsoft.Win32.SafeHandles;

namespace ContainerStages.Posix;

/// <summary>Tells a full disk from other failures, and how much is free.</summary>
internal static class DiskSpace
{
    // Source: Linux, include/uapi/linux/limits.h, XATTR_SIZE_MAX.
    private const long LargestAttribute = 65536;

    // .NET's own file calls report ENOSPC and EDQUOT through the HResult, ours through PosixException.
    public static bool IsFull(Exception exception) =>
        exception is PosixException { ErrorNumber: Errno.ENOSPC or Errno.EDQUOT } or IOException { HResult: Errno.ENOSPC or Errno.EDQUOT };

    /// <summary>Bytes that are free on the file system of an open file or folder.</summary>
    public static long FreeOf(SafeFileHandle file) => new DriveInfo($"/proc/self/fd/{file.DangerousGetHandle()}").TotalFreeSpace;

    /// <summary>
    /// Whether an attribute did not fit: file systems keep few bytes of them beside a file, and say so as if the disk were full.
    /// </summary>
    public static bool IsAttributeTooLarge(int error, SafeFileHandle file) =>
        error is Errno.E2BIG or Errno.ERANGE || (error is Errno.ENOSPC or Errno.EDQUOT && FreeOf(file) > LargestAttribute);
}
