using ContainerStages.Planning;
using ContainerStages.Posix;
using ContainerStages.Snapshots;

namespace ContainerStages.Engines;

/// <summary>
/// Removes from a command's changes what its engine left there: places that it mounted something on, and folders above them that are as
/// they were. Engines differ in it, and an older one in more than a newer one; the embedded engine leaves nothing.
/// </summary>
internal static class EngineTraces
{
    private static readonly string[] OfEveryCommand =
    [
        "/etc/resolv.conf",
        "/etc/hosts",
        "/etc/hostname",
        "/run/.containerenv",
        "/run/secrets",
        "/proc",
        "/sys",
        "/dev",
    ];

    /// <param name="changes">Folder with what the command changed.</param>
    /// <param name="lower">Layer folders below.</param>
    public static void Remove(RunStep step, string changes, UnionView lower)
    {
        foreach (var target in step.Mounts.Select(mount => mount.Target).OfType<string>().Concat(OfEveryCommand))
        {
            for (var path = ImagePath.Absolute("/", target); path != "/"; path = ParentOf(path))
            {
                if (!Remove(changes, lower, path))
                {
                    break;
                }
            }
        }
    }

    /// <summary>False where the command itself changed something there.</summary>
    private static bool Remove(string changes, UnionView lower, string path)
    {
        if (new UnionView([changes]).Find(path, followLast: false) is not { } made)
        {
            return true;
        }

        var before = lower.Find(path, followLast: false);
        if (!IsEmpty(made) || (before is not null && !(made.IsDirectory && IsSame(made, before))))
        {
            return false;
        }

        if (made.IsDirectory)
        {
            Directory.Delete(made.HostPath!);
        }
        else
        {
            File.Delete(made.HostPath!);
        }

        return true;
    }

    private static bool IsEmpty(UnionEntry entry) => entry.IsDirectory
        ? !Directory.EnumerateFileSystemEntries(entry.HostPath!).Any()
        : entry.IsRegularFile && entry.Status.Size == 0;

    private static bool IsSame(UnionEntry made, UnionEntry before) =>
        before.IsDirectory
            && (made.Status.Mode, made.Status.UserId, made.Status.GroupId) == (
                before.Status.Mode,
                before.Status.UserId,
                before.Status.GroupId);

    private static string ParentOf(string path) => path.LastIndexOf('/') is > 0 and var slash ? path[..slash] : "/";
}
