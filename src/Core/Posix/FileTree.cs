namespace ContainerStages.Posix;

/// <summary>Whole trees, links never followed.</summary>
internal static class FileTree
{
    /// <summary>Removes a tree, also where folders in it are not writable or an overlay work folder has no permissions. No error when missing.</summary>
    public static void Delete(string path)
    {
        if (!FileCalls.TryStat(path, out var status))
        {
            return;
        }

        if (!status.IsDirectory)
        {
            File.Delete(path);
            return;
        }

        if ((status.Permissions & 0x1C0) != 0x1C0)
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        foreach (var entry in new DirectoryInfo(path).EnumerateFileSystemInfos())
        {
            // An entry is a folder to descend into only when it is no link.
            if (entry is DirectoryInfo { LinkTarget: null })
            {
                Delete(entry.FullName);
            }
            else
            {
                File.Delete(entry.FullName);
            }
        }

        Directory.Delete(path);
    }
}
