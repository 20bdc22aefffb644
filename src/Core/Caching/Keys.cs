using ContainerStages.Snapshots;

namespace ContainerStages.Caching;

/// <summary>Names a stack of layers by all that made it: 64 hexadecimal digits, as all keys.</summary>
internal readonly record struct StackKey(string Hex)
{
    public override string ToString() => Hex;
}

/// <summary>
/// Names the result of a step by all that goes into it. The layer that it makes has the same digits as its id, unless it was made
/// without the cache.
/// </summary>
internal readonly record struct StepKey(string Hex)
{
    /// <summary>The layer that the step makes for everybody.</summary>
    public SnapshotId Layer => new(Hex);

    public override string ToString() => Hex;
}

/// <summary>Names what a copy selects in a stack.</summary>
internal readonly record struct SelectionKey(string Hex)
{
    public override string ToString() => Hex;
}

/// <summary>Names the blob of a layer in one form: its id, then format, time and compression.</summary>
internal readonly record struct LayerKey(string Text)
{
    public override string ToString() => Text;
}
