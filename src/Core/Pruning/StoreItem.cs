namespace ContainerStages.Pruning;

/// <summary>What a thing in the store is, for people.</summary>
public enum StoreItemKind
{
    /// <summary>Left by an interrupted build or download.</summary>
    Leftover,

    /// <summary>A layer, manifest or configuration of an image.</summary>
    Blob,

    /// <summary>An unpacked layer, of a base image or of a step.</summary>
    Snapshot,

    /// <summary>A file or repository that ADD fetched.</summary>
    Download,

    /// <summary>The folder of a cache mount.</summary>
    Cache,

    /// <summary>What a step gave, and other small notes.</summary>
    Record,
}

/// <summary>One thing that is there or gone as a whole.</summary>
/// <param name="Path">Relative to the store.</param>
/// <param name="Size">Bytes on the disk.</param>
/// <param name="IsReferred">An image or a step names it, so that it does not go without being asked for by age or size.</param>
public sealed record StoreItem(StoreItemKind Kind, string Path, long Size, DateTime LastUse, bool IsReferred)
{
    /// <summary>Part of an image that has a name.</summary>
    public bool IsNamed { get; init; }
}
