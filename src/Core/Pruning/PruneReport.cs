using System.Collections.Immutable;
using ContainerStages.Contracts;

namespace ContainerStages.Pruning;

/// <summary>What was removed, or would be.</summary>
/// <param name="Removed">In the order of removal.</param>
/// <param name="Names">Images that lost their name.</param>
/// <param name="InUse">How many things stay only because a running build uses them.</param>
/// <param name="Left">Bytes that the store holds afterwards.</param>
public sealed record PruneReport(
    ImmutableArray<StoreItem> Removed,
    ImmutableArray<string> Names,
    int InUse,
    long Left,
    ImmutableArray<Diagnostic> Warnings)
{
    /// <summary>False where something could not be removed.</summary>
    public bool IsComplete { get; init; } = true;

    public long Freed => Removed.Sum(item => item.Size);
}
