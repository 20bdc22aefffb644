using ContainerStages.Pruning;

namespace ContainerStages;

/// <summary>Frees what the embedded store no longer needs.</summary>
public static class ContainerBuildPrune
{
    /// <param name="folder">Store folder; null for the user's own.</param>
    public static Task<PruneReport> RunAsync(string? folder, PruneSettings settings, CancellationToken cancellationToken) =>
        new StorePruner(new ContainerBuildStore(folder, _ => { }).Directory).PruneAsync(settings, cancellationToken);
}
