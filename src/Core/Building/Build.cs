using System.Collections.Immutable;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Engines;

namespace ContainerStages.Building;

/// <summary>One build from definition to published image, as a list of phases.</summary>
/// <param name="asked">What to build, and where it goes.</param>
/// <param name="events">What happens meanwhile.</param>
/// <param name="enterNamespace">
/// Replaces this process by one that may do what root may, in a user namespace, and begins again; returns only where the machine does not allow that: why.
/// Null where this process may do so itself.
/// </param>
public sealed class Build(BuildDefinition asked, IBuildEvents events, Func<BuildFailedException>? enterNamespace = null)
{
    /// <summary>The engine, from what the build has opened.</summary>
    internal Func<BuildSession, IEngine> OpenEngine { get; init; } = session => session.OpenEngine();

    /// <exception cref="BuildFailedException">Something the user can mend; nothing was published, or only what the message does not name.</exception>
    public async Task<BuildResult> RunAsync(CancellationToken cancellationToken)
    {
        ImagePublication.Check(asked);
        BuildResults.Prepare(asked.Outputs);
        using var warnings = new DistinctWarnings(events, hold: enterNamespace is not null);
        using var contexts = await FetchedContexts.OpenAsync(EpochArgument.Apply(asked), RequirePrivileges, cancellationToken);
        using var planned = await PlannedBuild.CreateAsync(contexts.Definition, warnings, contexts.DockerfileName, cancellationToken);
        var executed = await ExecuteAsync(planned, warnings, cancellationToken);
        await planned.Session.Inputs.SaveAsync(cancellationToken);
        var images = await new ImageAssembly(planned).AssembleAsync(executed, cancellationToken);
        await new SizeBudget(planned).CheckAsync(images, cancellationToken);
        return await new ImagePublication(planned, events).PublishAsync(images, executed.All(stage => stage.AllCached), cancellationToken);
    }

    private async Task<ImmutableArray<ExecutedStage>> ExecuteAsync(PlannedBuild planned, DistinctWarnings warnings, CancellationToken cancellationToken)
    {
        var engine = OpenEngine(planned.Session);
        if (enterNamespace is not null)
        {
            var forecast = await ForecastAsync(engine, planned, cancellationToken);
            warnings.Release();
            if (forecast.Known is { } known)
            {
                forecast.ReportCached(events);
                return known;
            }
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

    /// <summary>Where this process may not run commands: what is left to do, if it can be done without. Else another process takes over.</summary>
    private async Task<Forecast> ForecastAsync(IEngine engine, PlannedBuild planned, CancellationToken cancellationToken)
    {
        if (asked.Outputs.Destinations.Any(destination => destination.Kind is DestinationKind.Folder or DestinationKind.Tar))
        {
            // A folder gets the owners that the image says.
            RequirePrivileges();
        }

        var forecast = await engine.ForecastAsync(planned.Request, cancellationToken);
        if (forecast.Known is null && enterNamespace!() is { } refused && forecast.RunsCommands)
        {
            throw refused;
        }

        return forecast;
    }

    private void RequirePrivileges()
    {
        if (enterNamespace is not null)
        {
            throw enterNamespace();
        }
    }
}
