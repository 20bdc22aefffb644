using System.Collections.Immutable;
using ContainerStages.Caching;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Planning;
using ContainerStages.Snapshots;

namespace ContainerStages.Engines;

/// <summary>What an engine would do for a request.</summary>
/// <param name="Builds">The stages of each build in the order of its plan.</param>
/// <param name="Known">The result, one for each build, where nothing is left to do; else null.</param>
internal sealed record Forecast(ImmutableArray<ImmutableArray<StageForecast>> Builds, ImmutableArray<ExecutedStage>? Known)
{
    /// <summary>True where a command has to run. Files alone can be put together without any privileges.</summary>
    public bool RunsCommands => Steps.Any(step => step is { State: not StepState.Cached, Step: RunStep });

    /// <summary>The steps of all stages.</summary>
    public IEnumerable<StepForecast> Steps => Builds.SelectMany(build => build).SelectMany(stage => stage.Steps);

    /// <summary>
    /// True where whatever is not known must be made by a process that may own files of several users, and mount. False where another
    /// engine runs the commands.
    /// </summary>
    public bool NeedsNamespace { get; init; } = true;

    /// <summary>Reports every step as one that was found, each once.</summary>
    public void ReportCached(IBuildEvents events)
    {
        var number = 0;
        foreach (var (stage, step) in Builds.SelectMany(build => build)
            .SelectMany(stage => stage.Steps.Select(step => (stage, step)))
            .DistinctBy(one => one.step.Key))
        {
            ProgressStep.Cached(events, $"step-{++number}", stage.Title, step.Step.Title);
        }
    }
}

/// <summary>What would happen to the steps of one stage, in their order. <paramref name="Title"/> is its name for people.</summary>
internal sealed record StageForecast(StagePlan Stage, string Title, ImmutableArray<StepForecast> Steps);

/// <summary>What would happen to one step.</summary>
/// <param name="Key">Names its result; null where that is not known yet.</param>
internal sealed record StepForecast(PlanStep Step, StepState State, StepKey? Key)
{
    /// <summary>The files that it makes; null where they are not known yet.</summary>
    public SnapshotId? Layer { get; init; }
}

/// <summary>What is known of a step before anything ran.</summary>
internal enum StepState
{
    /// <summary>It runs. So does a step after one that runs: what it would find is not known yet.</summary>
    Runs,

    /// <summary>Its result is here, unless a server gives something else than it gave before.</summary>
    CachedIfUnchanged,

    /// <summary>Its result is here.</summary>
    Cached,
}
