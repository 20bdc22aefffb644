using ContainerStages.Posix;

namespace ContainerStages.Pruning;

/// <summary>How much of a disk a tree takes.</summary>
internal static class TreeSize
{
    /// <summary>Bytes of all files, each counted once however many names it has; what vanishes meanwhile does not count.</summary>
    public static long Of(string path)
    {
        var seen = new HashSet<(ulong, ulong)>();
        var size = 0L;
        var open = new Stack<string>([path]);
        while (open.TryPop(out var next))
        {
            if (!FileCalls.TryStat(next, out var status))
            {
                continue;
            }

            if (status.LinkCount < 2 || status.IsDirectory || seen.Add((status.Device, status.Inode)))
            {
                size += status.IsRegularFile || status.IsDirectory ? status.Size : 0;
            }

            if (status.IsDirectory)
            {
                foreach (var name in Names(next))
                {
                    open.Push($"{next}/{name}");
                }
            }
        }

        return size;
    }

    private static IReadOnlyList<string> Names(string folder)
    {
        try
        {
            return FileCalls.ListNames(folder);
        }
        catch (PosixException gone) when (gone.ErrorNumber is Errno.ENOENT or Errno.EACCES)
        {
            return [];
        }
    }
}
