using ContainerStages.Dockerfile;
using ContainerStages.Posix;
using ContainerStages.Snapshots;

namespace ContainerStages.Engines;

/// <summary>What walks a context sees neither what an ignore file names nor what the build itself is writing.</summary>
/// <param name="file">The ignore file.</param>
/// <param name="folder">The context.</param>
/// <param name="ownOutput">Full paths of files and folders that the build is writing.</param>
internal sealed class ContextFilter(IgnoreFile file, string folder, IReadOnlyList<string> ownOutput) : IPathFilter
{
    private readonly HashSet<string> own = [.. ownOutput.Select(path => PathIn(folder, path)).OfType<string>()];

    public bool Excludes(string relativePath, out string? rule)
    {
        if (!IsOwn(relativePath))
        {
            return file.Excludes(relativePath, out rule);
        }

        rule = "for this build's own output";
        return true;
    }

    public bool ExcludesTree(string relativeFolder) => IsOwn(relativeFolder) || file.ExcludesTree(relativeFolder);

    private bool IsOwn(string relativePath) =>
        own.Count > 0 && (own.Contains(relativePath) || own.Any(folder => relativePath.StartsWith(folder + '/', StringComparison.Ordinal)));

    /// <summary>Relative to the folder, by whatever path that was named; null for a file outside.</summary>
    private static string? PathIn(string folder, string path)
    {
        if (!FileCalls.TryStat(Path.Combine(folder, "."), out var root))
        {
            return null;
        }

        for (var parent = Path.GetDirectoryName(path); parent is not null; parent = Path.GetDirectoryName(parent))
        {
            if (FileCalls.TryStat(parent, out var status) && status.Inode == root.Inode && status.Device == root.Device)
            {
                return Path.GetRelativePath(parent, path);
            }
        }

        return null;
    }
}
