using System.Collections.Immutable;
using System.Diagnostics;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Engines;

namespace ContainerStages.Building;

/// <summary>One build from definition to published image, as a list of phases.</summary>
/// <param name="asked">What to build, and where it goes.</param>
/// <param name="events">What happens meanwhile.</param>
/// <param name="enterNamespace">
/// Replaces this process by one that may do what root may, in a user namespace, and begins again; does not return. Null where this process may do so itself.
/// </param>
public sealed class Build(BuildDefinition asked, IBuildEvents events, Action? enterNamespace = null)
{
    /// <summary>The engine, from what the build has opened.</summary>
    internal Func<BuildSession, IEngine> OpenEngine { get; init; } = session => session.OpenEngine();

    /// <exception cref="BuildFailedException">Something the user can mend; nothing was published, or only what the message does not name.</exception>
    public async Task<BuildResult> RunAsync(CancellationToken cancellationToken)
    {
        ImagePublication.Check(asked);
        BuildResults.Prepare(asked);
        using var warnings = new DistinctWarnings(events, hold: enterNamespace is not null);
        using var contexts = await FetchedContexts.OpenAsync(EpochArgument.Apply(asked), EnterNamespaceIfNeeded, cancellationToken);
        using var planned = await PlannedBuild.CreateAsync(contexts.Definition, warnings, contexts.DockerfileName, cancellationToken);
        var executed = await ExecuteAsync(planned, warnings, cancellationToken);
        await planned.Session.Inputs.SaveAsync(cancellationToken);
        var images = await new ImageAssembly(planned).AssembleAsync(executed, cancellationToken);
        return await new ImagePublication(planned, events).PublishAsync(images, executed.All(stage => stage.AllCached), cancellationToken);
    }

    private async Task<ImmutableArray<ExecutedStage>> ExecuteAsync(PlannedBuild planned, DistinctWarnings warnings, CancellationToken cancellationToken)
    {
        var engine = OpenEngine(planned.Session);
        if (await FindKnownAsync(engine, planned, cancellationToken) is { } known)
        {
            warnings.Release();
            known.ReportCached(events);
            return known.Known!.Value;
        }

        try
        {
            return await engine.ExecuteAsync(planned.Request, cancellationToken);
        }
        catch (NetworkNeededException failure)
        {
            throw await planned.Session.MissingAsync(planned.Plans, failure, cancellationToken);
        }
    }

    /// <summary>Where this process may not run steps: the result, if nothing is left to do for it; else another process takes over.</summary>
    private async Task<Forecast?> FindKnownAsync(IEngine engine, PlannedBuild planned, CancellationToken cancellationToken)
    {
        if (enterNamespace is null)
        {
            return null;
        }

        // A folder gets the owners that the image says.
        var writesFiles = asked.Destinations.Any(destination => destination.Kind is DestinationKind.Folder or DestinationKind.Tar);
        var forecast = writesFiles ? null : await engine.ForecastAsync(planned.Request, cancellationToken);
        if (forecast is not { Known: not null })
        {
            EnterNamespaceIfNeeded();
        }

        return forecast;
    }

    private void EnterNamespaceIfNeeded()
    {
        if (enterNamespace is not null)
        {
            enterNamespace();
            throw new UnreachableException("The process should have been replaced.");
        }
    }
}
