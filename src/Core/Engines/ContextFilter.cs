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
    private readonly HashSet<string> own = [.. PathsIn(folder, ownOutput)];

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

    /// <summary>Those inside the folder, relative to it, by whatever path that was named.</summary>
    private static IEnumerable<string> PathsIn(string folder, IReadOnlyList<string> paths)
    {
        if (paths.Count == 0 || !FileCalls.TryStat(Path.Combine(folder, "."), out var root))
        {
            yield break;
        }

        var known = new Dictionary<string, bool>(StringComparer.Ordinal);
        foreach (var path in paths)
        {
            for (var parent = Path.GetDirectoryName(path); parent is not null; parent = Path.GetDirectoryName(parent))
            {
                if (!known.TryGetValue(parent, out var isFolder))
                {
                    isFolder = FileCalls.TryStat(parent, out var status) && status.Inode == root.Inode && status.Device == root.Device;
                    known.Add(parent, isFolder);
                }

                if (isFolder)
                {
                    yield return Path.GetRelativePath(parent, path);
                    break;
                }
            }
        }
    }
}
