using System.Collections.Immutable;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Engines;

namespace ContainerStages.Building;

/// <summary>One build from definition to published image, as a list of phases.</summary>
/// <param name="asked">What to build, and where it goes.</param>
/// <param name="events">What happens meanwhile.</param>
/// <param name="enterNamespace">
/// Replaces this process by one that may do what root may, in a user namespace, and begins again; returns only where the machine does not
/// allow that: why. Null where this process may do so itself.
/// </param>
public sealed class Build(BuildDefinition asked, IBuildEvents events, Func<BuildFailedException>? enterNamespace = null)
{
    private readonly BuildTimeline timeline = new(events);

    /// <summary>The engines, from what the build has opened.</summary>
    internal Func<BuildSession, EngineChoice> OpenEngines { get; init; } = session => session.OpenEngines();

    /// <exception cref="BuildFailedException">
    /// Something the user can mend; nothing was published, or only what the message does not name.
    /// </exception>
    public async Task<BuildResult> RunAsync(CancellationToken cancellationToken)
    {
        ImagePublication.Check(asked);
        SharedCaches.Check(asked.Policy);
        BuildResults.Prepare(asked.Outputs);
        using var warnings = new DistinctWarnings(timeline, hold: enterNamespace is not null);
        using var contexts = await FetchedContexts.OpenAsync(EpochArgument.Apply(asked), RequirePrivileges, cancellationToken);
        using var planned = await PlannedBuild.CreateAsync(contexts.Definition, warnings, contexts.DockerfileName, cancellationToken);
        var caches = await SharedCaches.OpenAsync(planned, warnings, cancellationToken);
        await using var uploads = ImagePublication.OpenUploads(planned);
        var request = planned.Request with { Layers = uploads };
        var executed = await ExecuteAsync(planned.Session, request, caches, warnings, cancellationToken);
        await planned.Session.Inputs.SaveAsync(cancellationToken);
        var images = await new ImageAssembly(planned).AssembleAsync(executed, cancellationToken);
        await new SizeBudget(planned).CheckAsync(images, cancellationToken);
        var reports = new BuildReports(planned, timeline);
        var allCached = executed.All(stage => stage.AllCached);
        var result = await new ImagePublication(planned, uploads, timeline).PublishAsync(images, allCached, cancellationToken);
        await caches.SaveAsync(cancellationToken);
        await reports.WriteAsync(images, result, cancellationToken);
        return result;
    }

    private async Task<ImmutableArray<ExecutedStage>> ExecuteAsync(
        BuildSession session, EngineRequest request, SharedCaches caches, DistinctWarnings warnings, CancellationToken cancellationToken)
    {
        var engines = OpenEngines(session);
        var engine = engines.First(asked.Policy.Engine);
        if (enterNamespace is not null)
        {
            RequireOwners();
            var forecast = await engine.ForecastAsync(request, cancellationToken);
            if ((forecast.Known is null || caches.ReadsFolders) && forecast.NeedsNamespace && enterNamespace() is { } refused
                && forecast.RunsCommands)
            {
                var other = await FindOtherAsync(engines, request, refused, cancellationToken);
                engine = other.Chosen?.Engine ?? throw other.Refusal(refused);
            }

            warnings.Release();
            if (forecast.Known is { } known)
            {
                forecast.ReportCached(timeline);
                return known;
            }
        }
        else if (asked.Policy.Engine == EngineNames.Automatic && (await engine.ProbeAsync(cancellationToken)).Problem is { } problem)
        {
            // Root of a container that has not all rights of root. Where there is no other engine, the command is refused at its line.
            var forecast = await engine.ForecastAsync(request, cancellationToken);
            if (forecast.RunsCommands)
            {
                var other = await FindOtherAsync(engines, request, new BuildFailedException(problem), cancellationToken);
                engine = other.Chosen?.Engine ?? engine;
            }
        }

        try
        {
            return await engine.ExecuteAsync(request, cancellationToken);
        }
        catch (NetworkNeededException failure)
        {
            var forecast = await engine.ForecastAsync(request, cancellationToken);
            throw await session.MissingAsync(request.Builds.Select(build => build.Plan), forecast, failure, cancellationToken);
        }
    }

    /// <summary>Another engine, where nobody named one and the embedded one cannot run what has to run; none where none works.</summary>
    private async Task<OtherEngine> FindOtherAsync(
        EngineChoice engines, EngineRequest request, BuildFailedException refused, CancellationToken cancellationToken)
    {
        if (asked.Policy.Engine != EngineNames.Automatic || SandboxNames.Runtimes.Contains(asked.Policy.Sandbox))
        {
            return new OtherEngine(null, []);
        }

        var other = await engines.FindOtherAsync(request, refused, cancellationToken);
        if (other.Chosen is { Why: { Length: > 0 } why })
        {
            timeline.Report(new StepStarted("engine", "", why));
            timeline.Report(new StepFinished("engine", StepOutcome.Done, 0));
        }

        return other;
    }

    /// <summary>A folder gets the owners that the image says.</summary>
    private void RequireOwners()
    {
        if (asked.Outputs.Destinations.Any(destination => !destination.Medium.HoldsImages))
        {
            RequirePrivileges();
        }
    }

    private void RequirePrivileges()
    {
        if (enterNamespace is not null)
        {
            throw enterNamespace();
        }
    }
}
