using System.Collections.Immutable;
using ContainerStages.Contracts;
using ContainerStages.Images;
using ContainerStages.Oci;

namespace ContainerStages.Engines;

/// <summary>
/// Makes the files of the stages of a request. The image that they become is always made by the build, so that its digest is the same
/// whichever engine ran.
/// </summary>
internal interface IEngine
{
    /// <summary>The name that a user chooses it by.</summary>
    string Name { get; }

    /// <summary>Finds out whether the engine works on this machine, before anything is asked of it.</summary>
    Task<EngineProbe> ProbeAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Finds out what <see cref="ExecuteAsync"/> would do, from what earlier builds left: runs nothing, asks no server, needs no
    /// privileges.
    /// </summary>
    /// <exception cref="Diagnostics.BuildFailedException">
    /// A file of the context cannot be read, or the request asks for what it does not allow.
    /// </exception>
    Task<Forecast> ForecastAsync(EngineRequest request, CancellationToken cancellationToken);

    /// <summary>
    /// Runs whatever is not cached, all builds side by side, and returns the layers of each build's target stage, in the order of the
    /// builds. What they have in common runs once.
    /// </summary>
    /// <exception cref="Diagnostics.BuildFailedException">A step failed; everything else has been stopped.</exception>
    Task<ImmutableArray<ExecutedStage>> ExecuteAsync(EngineRequest request, CancellationToken cancellationToken);
}

/// <summary>Whether an engine works here.</summary>
/// <param name="Problem">Why it does not, and what to do; null where it works.</param>
/// <param name="Version">For people; empty where that is not known.</param>
public sealed record EngineProbe(Diagnostic? Problem, string Version = "")
{
    public static EngineProbe Works { get; } = new(Problem: null);

    /// <summary>What the engine cannot do of what the embedded one can, a phrase each.</summary>
    public ImmutableArray<string> Lacks { get; init; } = [];
}

/// <summary>The target stage's layers from the base up, and its whole history, base included.</summary>
/// <param name="AllCached">True where no step of any build had to run.</param>
internal sealed record ExecutedStage(ImmutableArray<ImageLayer> Layers, ImmutableArray<HistoryEntry> History, bool AllCached);
