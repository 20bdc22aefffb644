using System.Runtime.InteropServices;

namespace ContainerStages.Posix;

/// <summary>Error numbers of Linux that the code asks for by name. Source: errno(3).</summary>
internal static class Errno
{
    public const int EPERM = 1;
    public const int ENOENT = 2;
    public const int EINTR = 4;
    public const int ENXIO = 6;
    public const int E2BIG = 7;
    public const int ENOEXEC = 8;
    public const int EAGAIN = 11;
    public const int EACCES = 13;
    public const int EEXIST = 17;
    public const int EXDEV = 18;
    public const int ENODEV = 19;
    public const int ENOTDIR = 20;
    public const int EISDIR = 21;
    public const int EINVAL = 22;
    public const int ENOSPC = 28;
    public const int ERANGE = 34;
    public const int ENAMETOOLONG = 36;
    public const int ENOTEMPTY = 39;
    public const int ELOOP = 40;
    public const int ENODATA = 61;
    public const int EOPNOTSUPP = 95;
    public const int ESTALE = 116;
    public const int EDQUOT = 122;

    /// <summary>
    /// Whether a file could not be opened because another process holds its lock: .NET reports flock's EWOULDBLOCK as the exception's
    /// number.
    /// </summary>
    public static bool IsLocked(IOException failure) => failure.HResult == EAGAIN;

    /// <summary>An exception that says which call failed on what, and why.</summary>
    public static PosixException Exception(string call, string subject) => new(call, subject, Marshal.GetLastPInvokeError());
}

/// <summary>A system call that failed. A full disk keeps its own type so that it can be told to the user.</summary>
internal sealed class PosixException(string call, string subject, int errno)
    : IOException($"{call} of '{subject}' failed: {Marshal.GetPInvokeErrorMessage(errno)}.", errno)
{
    public string Call { get; } = call;

    public string Subject { get; } = subject;

    public int ErrorNumber { get; } = errno;

    /// <summary>What the error number means, as a sentence without its end.</summary>
    public string Reason => Marshal.GetPInvokeErrorMessage(ErrorNumber);
}
