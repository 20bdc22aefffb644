using System.Collections.Immutable;
using ContainerStages.Planning;

namespace ContainerStages.Engines;

/// <summary>
/// Another engine that runs the commands of a build of which everything else is done here. It is asked only for what no earlier build has
/// left.
/// </summary>
internal interface IElsewhere
{
    /// <summary>The files of a stage that it makes; they are there when a folder of the stack is first needed.</summary>
    LayerStack StackOf(FromElsewhere stage);

    /// <summary>Makes what a command of the image changes.</summary>
    /// <param name="lower">Layer folders below, from the base up.</param>
    /// <param name="folder">An empty folder to work in.</param>
    /// <returns>The folder with the changes, inside <paramref name="folder"/>.</returns>
    Task<string> MakeLayerAsync(RunStep step, ImmutableArray<string> lower, string folder, CancellationToken cancellationToken);
}
