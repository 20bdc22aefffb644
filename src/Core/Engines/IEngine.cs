using System.Collections.Immutable;
using ContainerStages.Layers;
using ContainerStages.Oci;
using ContainerStages.Planning;

namespace ContainerStages.Engines;

/// <summary>Carries out a plan.</summary>
public interface IEngine
{
    /// <summary>Runs whatever is not cached, all plans side by side, and returns the layers of each plan's target stage. What plans have in common runs once.</summary>
    /// <exception cref="Diagnostics.BuildFailedException">A step failed; everything else has been stopped.</exception>
    /// <exception cref="PrivilegesNeededException">Something must run, and this process may not make namespaces; nothing was done.</exception>
    Task<ImmutableArray<ExecutedStage>> ExecuteAsync(ImmutableArray<BuildPlan> plans, CancellationToken cancellationToken);
}

/// <summary>The target stage's layers from the base up, and its whole history, base included.</summary>
/// <param name="AllCached">True where no step of any plan had to run.</param>
public sealed record ExecutedStage(ImmutableArray<ExecutedLayer> Layers, ImmutableArray<HistoryEntry> History, bool AllCached);

/// <summary>A layer, with the image it was pulled from when it was not made here.</summary>
public sealed record ExecutedLayer(Layer Layer, ImageReference? Origin);

/// <summary>Work has to be done that needs the rights of root, or of a user namespace, which this process has not.</summary>
public sealed class PrivilegesNeededException() : Exception("The build has steps to run, which needs a user namespace.");
