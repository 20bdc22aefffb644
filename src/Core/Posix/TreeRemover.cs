using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ContainerStages.Posix;

/// <summary>Removes an entry with everything below it, never following a link.</summary>
internal static class TreeRemover
{
    /// <summary>
    /// Removes what is at an absolute path; its parents are trusted. Names that are not UTF-8 are no obstacle, unlike for Directory.Delete.
    /// </summary>
    /// <exception cref="PosixException">Something could not be removed.</exception>
    public static void Remove(string path)
    {
        var parent = Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(path))!;
        if (Directory.Exists(parent))
        {
            using var folder = FileCalls.OpenDirectory(parent);
            Remove(folder, Path.GetFileName(Path.TrimEndingDirectorySeparator(path)));
        }
    }

    /// <summary>Idempotent: an entry that is not there is no error.</summary>
    /// <exception cref="PosixException">Something could not be removed.</exception>
    public static void Remove(SafeFileHandle parent, string name)
    {
        if (FileCalls.UnlinkAt(parent, name, 0) == 0)
        {
            return;
        }

        switch (Marshal.GetLastPInvokeError())
        {
            case Errno.ENOENT:
                return;
            case Errno.EISDIR or Errno.EPERM:
                RemoveFolder(parent, name);
                return;
            default:
                throw Errno.Exception("unlink", name);
        }
    }

    private static void RemoveFolder(SafeFileHandle parent, string name)
    {
        try
        {
            using var folder = FileCalls.OpenAt(
                parent,
                name,
                FileCalls.O_RDONLY | FileCalls.O_DIRECTORY | FileCalls.O_NOFOLLOW,
                FileCalls.RESOLVE_BENEATH);
            foreach (var child in FileCalls.ListNames(folder, name))
            {
                Remove(folder, child);
            }
        }
        catch (PosixException gone) when (gone.ErrorNumber == Errno.ENOENT)
        {
            // Two builds clean up after a third at the same time.
            return;
        }

        if (FileCalls.UnlinkAt(parent, name, FileCalls.AT_REMOVEDIR) != 0 && Marshal.GetLastPInvokeError() != Errno.ENOENT)
        {
            throw Errno.Exception("rmdir", name);
        }
    }
}
