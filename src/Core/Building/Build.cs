using System.Collections.Immutable;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Engines;

namespace ContainerStages.Building;

/// <summary>One build from definition to published image, as a list of phases.</summary>
public sealed class Build(BuildDefinition asked, IBuildEvents events)
{
    /// <summary>False: only find out whether everything is cached; <see cref="PrivilegesNeededException"/> where it is not.</summary>
    public bool MayExecute { get; init; } = true;

    /// <summary>Called once all steps are done and publishing begins.</summary>
    public Action Executed { get; init; } = () => { };

    /// <exception cref="BuildFailedException">Something the user can mend; nothing was published, or only what the message does not name.</exception>
    public async Task<BuildResult> RunAsync(CancellationToken cancellationToken)
    {
        ImagePublication.Check(asked);
        BuildResults.Prepare(asked);
        using var contexts = await FetchedContexts.OpenAsync(EpochArgument.Apply(asked), MayExecute, cancellationToken);
        using var planned = await PlannedBuild.CreateAsync(contexts.Definition, events, contexts.DockerfileName, cancellationToken);
        var executed = await ExecuteAsync(planned, cancellationToken);
        Executed();
        await planned.Session.Inputs.SaveAsync(cancellationToken);
        var images = await new ImageAssembly(planned).AssembleAsync(executed, cancellationToken);
        return await new ImagePublication(planned, events).PublishAsync(images, executed.All(stage => stage.AllCached), cancellationToken);
    }

    private async Task<ImmutableArray<ExecutedStage>> ExecuteAsync(PlannedBuild planned, CancellationToken cancellationToken)
    {
        try
        {
            var executed = await planned.Session.OpenEngine(MayExecute).ExecuteAsync([.. planned.Plans], cancellationToken);
            return MayExecute || !asked.Destinations.Any(destination => destination.Kind is DestinationKind.Folder or DestinationKind.Tar) ? executed : throw new PrivilegesNeededException();
        }
        catch (BuildFailedException failure) when (OfflineDiagnostics.IsNetworkNeeded(failure))
        {
            throw await planned.Session.MissingAsync(planned.Plans, failure, cancellationToken);
        }
    }
}
