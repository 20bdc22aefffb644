using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ContainerStages.Posix;

/// <summary>
/// A folder that others may write to, held open. What is opened through it lies beneath it: the kernel follows no link on the way, so
/// that a folder exchanged for a link leads nowhere. Source: openat2(2).
/// </summary>
internal sealed class HeldFolder
{
    private const ulong Beneath = FileCalls.RESOLVE_BENEATH | FileCalls.RESOLVE_NO_SYMLINKS;

    private const ulong Inside = FileCalls.RESOLVE_IN_ROOT | FileCalls.RESOLVE_NO_MAGICLINKS;

    // Nothing waits at a pipe, and no terminal becomes this process's own.
    private static readonly int Careful = FileCalls.O_NOFOLLOW | FileCalls.O_NONBLOCK | FileCalls.O_NOCTTY;

    // Closed when nothing refers to it any more: entries of a selection live longer than whoever made them.
    private readonly SafeFileHandle folder;

    private HeldFolder(string path, SafeFileHandle folder) => (Path, this.folder) = (path, folder);

    /// <summary>Absolute, without a slash at the end.</summary>
    public string Path { get; }

    public FileStatus Status => FileCalls.TryStat(folder, "", out var status) ? status : default;

    /// <exception cref="PosixException">It is no folder, or cannot be opened.</exception>
    public static HeldFolder Open(string path) => new(System.IO.Path.TrimEndingDirectorySeparator(path), FileCalls.OpenDirectory(path));

    /// <summary>Opens for reading what is at <paramref name="path"/> (absolute inside this folder, free of links).</summary>
    /// <returns>Null where that is not there, or no longer what it was: a link, or below something else than a folder.</returns>
    /// <exception cref="PosixException">Any other failure.</exception>
    public SafeFileHandle? TryOpen(string path) => TryOpen(path, FileCalls.O_RDONLY | Careful);

    /// <inheritdoc cref="TryOpen(string)"/>
    public SafeFileHandle? TryOpenFolder(string path) => TryOpen(path, FileCalls.O_RDONLY | FileCalls.O_DIRECTORY | Careful);

    /// <summary>Opens for reading what a relative path leads to when links are followed inside this folder, never out of it.</summary>
    /// <returns>Null where that is nothing.</returns>
    /// <exception cref="PosixException">Any other failure.</exception>
    public SafeFileHandle? TryOpenInside(string path) =>
        TryOpen(path, FileCalls.O_RDONLY | FileCalls.O_NONBLOCK | FileCalls.O_NOCTTY, Inside);

    /// <summary>True where a link stands at a relative path.</summary>
    public bool HasLink(string path)
    {
        using var link = TryOpen(path, FileCalls.O_PATH | FileCalls.O_NOFOLLOW, Inside);
        return link is not null && FileCalls.TryStat(link, "", out var status) && status.IsSymbolicLink;
    }

    /// <summary>Target of the link at a path; null where there is none any more.</summary>
    /// <exception cref="PosixException">Any other failure.</exception>
    public string? TryReadLink(string path)
    {
        using var link = TryOpen(path, FileCalls.O_PATH | FileCalls.O_NOFOLLOW);
        return link is not null && FileCalls.TryStat(link, "", out var status) && status.IsSymbolicLink
            ? FileCalls.ReadLinkAt(link, "")
            : null;
    }

    private SafeFileHandle? TryOpen(string path, int flags) => TryOpen(path == "/" ? "." : path[1..], flags, Beneath);

    private SafeFileHandle? TryOpen(string relative, int flags, ulong resolve)
    {
        var handle = FileCalls.TryOpenAt(folder, relative, flags, 0, resolve);
        return handle is not null || IsGone(Marshal.GetLastPInvokeError()) ? handle : throw Errno.Exception("open", $"{Path}/{relative}");
    }

    private static bool IsGone(int error) =>
        error is Errno.ENOENT or Errno.ENOTDIR or Errno.ELOOP or Errno.EXDEV or Errno.ENXIO or Errno.ESTALE or Errno.EAGAIN;
}
