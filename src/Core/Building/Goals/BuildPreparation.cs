using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Engines;
using ContainerStages.Oci;
using ContainerStages.Planning;
using ContainerStages.Sources;
using ContainerStages.Stages;

namespace ContainerStages.Building;

/// <summary>
/// What is done with a definition beside building it: fetching what it needs, writing its lock file, and writing it as a Dockerfile.
/// </summary>
public sealed class BuildPreparation(BuildDefinition asked, IBuildEvents events)
{
    /// <exception cref="BuildFailedException">Something cannot be had, or the lock file forbids it.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var warnings = new DistinctWarnings(events);
        using var contexts = await FetchedContexts.OpenAsync(EpochArgument.Apply(asked), fetches: () => { }, cancellationToken);
        if (asked.Goal == BuildGoal.Export)
        {
            new DockerfileExport(contexts.Definition, contexts.DockerfileName, events).WriteFiles();
            return;
        }

        using var planned = await PlannedBuild.CreateAsync(contexts.Definition, warnings, contexts.DockerfileName, cancellationToken);
        var session = planned.Session;
        switch (asked.Goal)
        {
            case BuildGoal.Restore:
                var inputs = session.OpenInputs();
                foreach (var plan in planned.Plans)
                {
                    await inputs.FetchAsync(plan, session.NeedsBaseLayers(plan), cancellationToken);
                }

                await session.Inputs.SaveAsync(cancellationToken);
                break;
            case BuildGoal.Lock:
                await FetchSourcesAsync(planned, cancellationToken);
                await session.Inputs.SaveAsync(cancellationToken);
                Report(session.Inputs.Lock!, removed: false);
                break;
            case BuildGoal.UpdateLock:
                await FetchSourcesAsync(planned, cancellationToken);
                await RefreshOthersAsync(planned, cancellationToken);
                await session.Inputs.Lock!.ReplaceAsync(session.Store, cancellationToken);
                Report(session.Inputs.Lock, removed: true);
                break;
            case BuildGoal.Plan:
                await SharedCaches.OpenAsync(planned, warnings, cancellationToken);
                Report(
                    await session.OpenEngines().First(planned.Definition.Policy.Engine).ForecastAsync(planned.Request, cancellationToken));
                break;
            default:
                throw new NotSupportedException($"{asked.Goal} is no preparation.");
        }
    }

    private static async Task FetchSourcesAsync(PlannedBuild planned, CancellationToken cancellationToken)
    {
        var inputs = planned.Session.OpenInputs();
        foreach (var plan in planned.Plans)
        {
            await inputs.FetchSourcesAsync(plan, cancellationToken);
        }
    }

    /// <summary>The file also holds other platforms, and images of stages that this target does not need: they stay in step.</summary>
    private static async Task RefreshOthersAsync(PlannedBuild planned, CancellationToken cancellationToken)
    {
        var inputs = planned.Session.Inputs;
        var named = planned.Builds.Select(build => build.Graph.Set).SelectMany(
            set => set.Stages.SelectMany(stage => StageGraph.Create(set, stage.Index.ToString()).Stages))
            .SelectMany(node => node.CopySources.Values.Prepend(node.Base).OfType<StageSource.Image>())
            .Select(image => image.Reference).DistinctBy(reference => reference.ToString());
        foreach (var reference in named)
        {
            foreach (var platform in inputs.Lock!.Find(reference)?.Platforms.Keys.Select(Platform.TryParse).OfType<Platform>() ?? [])
            {
                try
                {
                    await inputs.ResolveAsync([(reference, platform, null)], cancellationToken);
                }
                catch (BuildFailedException gone) when (gone.Diagnostics is [var only] && RegistryDiagnostics.BlamesReference(only))
                {
                    // The newer image has nothing for that platform: its line goes, as the report says.
                }
            }
        }
    }

    private void Report(Forecast forecast)
    {
        foreach (var (stage, _, steps) in forecast.Builds.SelectMany(build => build))
        {
            var start = stage.Base switch
            {
                ImageBase image => $"{image.Reference.FamiliarName} {image.Config.Platform}",
                StageBase other => other.Stage.Name,
                _ => StageNames.Scratch,
            };
            events.Report(new TextReported($"{stage.Name} (from {start})"));
            foreach (var step in steps)
            {
                events.Report(new TextReported($"  {(step.State == StepState.Runs ? "run   " : "cached")}  {step.Step.Title}"));
            }
        }
    }

    private void Report(ProjectLock file, bool removed)
    {
        var before = file.Known.Facts().ToDictionary(StringComparer.Ordinal);
        var after = file.Learned.Facts().ToDictionary(StringComparer.Ordinal);
        var lines = after.Where(fact => before.GetValueOrDefault(fact.Key) != fact.Value)
            .Select(
                fact => before.TryGetValue(fact.Key, out var old) ? $"{fact.Key}  {old} -> {fact.Value}" : $"+ {fact.Key}  {fact.Value}")
            .Concat(removed ? before.Where(fact => !after.ContainsKey(fact.Key)).Select(fact => $"- {fact.Key}  {fact.Value}") : [])
            .ToArray();
        foreach (var line in lines)
        {
            events.Report(new TextReported(line));
        }

        events.Report(new TextReported(lines.Length == 0 ? $"{file.Path} is up to date." : $"{file.Path} was written."));
    }
}
