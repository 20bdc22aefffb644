namespace ContainerStages.Posix;

/// <summary>Tells a full disk from other failures.</summary>
internal static class DiskSpace
{
    // .NET's own file calls report ENOSPC and EDQUOT through the HResult, ours through PosixException.
    public static bool IsFull(Exception exception) =>
        exception is PosixException { ErrorNumber: Errno.ENOSPC or Errno.EDQUOT } or IOException { HResult: Errno.ENOSPC or Errno.EDQUOT };
}
