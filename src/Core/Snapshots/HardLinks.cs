namespace ContainerStages.Snapshots;

/// <summary>Which files with several names one copy has made already.</summary>
internal sealed class HardLinks
{
    private readonly Dictionary<(ulong Device, ulong Inode), string> made = [];

    /// <summary>What this copy made of another name of the same file; null for the first.</summary>
    public string? FirstName(UnionEntry entry, string path)
    {
        var file = (entry.Status.Device, entry.Status.Inode);
        return entry.IsRegularFile && entry.Status.LinkCount > 1 && !made.TryAdd(file, path) ? made[file] : null;
    }
}
