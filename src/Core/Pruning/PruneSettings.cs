namespace ContainerStages.Pruning;

/// <summary>
/// What goes. Without age, size and <see cref="All"/> only what nothing refers to: leftovers of interrupted builds, blobs of no image and
/// no step.
/// </summary>
public sealed record PruneSettings
{
    /// <summary>Also what no build has used for so long.</summary>
    public TimeSpan? OlderThan { get; init; }

    /// <summary>Bytes that may stay: what was not used for the longest time goes first.</summary>
    public long? MaxSize { get; init; }

    /// <summary>Named images too; alone, everything that no running build uses.</summary>
    public bool All { get; init; }

    /// <summary>Nothing is removed, only told.</summary>
    public bool DryRun { get; init; }
}
