using ContainerStages.Snapshots;

namespace ContainerStages.Engines;

/// <summary>The files with several names that one copy has met.</summary>
internal sealed class LinkedFiles
{
    private readonly Dictionary<(ulong Device, ulong Inode), string> names = [];

    /// <summary>What this copy made of another name of the same file; null for the first.</summary>
    public string? FirstName(UnionEntry entry, string path)
    {
        var file = (entry.Status.Device, entry.Status.Inode);
        return entry.IsRegularFile && entry.Status.LinkCount > 1 && !names.TryAdd(file, path) ? names[file] : null;
    }
}
