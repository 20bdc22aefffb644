using ContainerStages.Dockerfile;
using ContainerStages.Snapshots;

namespace ContainerStages.Engines;

/// <summary>An ignore file as what walks a context sees of it.</summary>
public sealed class ContextFilter(IgnoreFile file) : IPathFilter
{
    public bool Excludes(string relativePath, out string? rule) => file.Excludes(relativePath, out rule);

    public bool ExcludesTree(string relativeFolder) => file.ExcludesTree(relativeFolder);
}
