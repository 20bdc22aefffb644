using System.Collections.Immutable;
using ContainerStages.Contracts;
using ContainerStages.Engines;
using ContainerStages.Planning;
using ContainerStages.Reporting;

namespace ContainerStages.Building;

/// <summary>What the steps of a build waited for, and why those ran that ran: from the plans, and what happened.</summary>
internal sealed class StepReasons(ImmutableArray<BuildPlan> plans, BuildPolicy policy)
{
    private const string Ran = "done";
    private readonly StageTitles titles = new(plans.Length);

    public ReportedBuild Explain(IReadOnlyList<ReportedStep> steps, long milliseconds)
    {
        var stages = plans.SelectMany(plan => plan.Stages).DistinctBy(titles.Of).ToDictionary(titles.Of, StringComparer.Ordinal);
        var ran = steps.Where(step => step.Outcome == Ran).Select(step => (step.Stage, step.Title)).ToHashSet();
        return new ReportedBuild
        {
            Milliseconds = milliseconds,
            Stages = [.. stages.Select(stage => new ReportedStage(stage.Key, [.. WaitsFor(stage.Value)]))],
            Steps =
            [
                .. steps.Select(step => stages.GetValueOrDefault(step.Stage) is { } stage
                        && stage.Steps.FirstOrDefault(planned => planned.Title == step.Title) is { } found
                    ? step with
                    {
                        WaitsFor = StagesOf(found).ToArray() is { Length: > 0 } read ? read : null,
                        Why = step.Outcome == Ran ? Why(stage, found, ran) : null,
                    }
                    : step),
            ],
        };
    }

    private IEnumerable<string> WaitsFor(StagePlan stage) =>
        (stage.Base is StageBase below ? [titles.Of(below.Stage)] : (string[])[]).Concat(stage.Steps.SelectMany(StagesOf)).Distinct();

    private IEnumerable<string> StagesOf(PlanStep step) =>
        step.Reads.Select(copy => copy.From switch
        {
            FromStage other => titles.Of(other.Stage),
            FromElsewhere elsewhere => elsewhere.Stage,
            _ => null,
        }).OfType<string>().Distinct();

    private string Why(StagePlan stage, PlanStep step, HashSet<(string Stage, string Title)> ran)
    {
        if (policy.IsRunAgain(stage.Name))
        {
            return "it was to run again (--no-cache)";
        }

        var before = stage.Steps.TakeWhile(one => one != step);
        if (before.LastOrDefault(one => ran.Contains((titles.Of(stage), one.Title))) is { } earlier)
        {
            return $"the step before it ran: {earlier.Title}";
        }

        if (stage.Base is StageBase below && ran.Any(one => one.Stage == titles.Of(below.Stage)))
        {
            return $"the stage {titles.Of(below.Stage)} under it ran";
        }

        var changed = StagesOf(step).Where(read => ran.Any(one => one.Stage == read)).ToArray();
        return changed.Length > 0
            ? $"what it reads of {string.Join(" and ", changed)} was made anew"
            : $"no result is here for {string.Join(", ", Inputs(stage, step))}";
    }

    /// <summary>What the result of a step depends on, for people.</summary>
    private static IEnumerable<string> Inputs(StagePlan stage, PlanStep step)
    {
        yield return "this instruction";
        foreach (var copy in step.Reads.Where(copy => copy.From is FromContext or FromFolder))
        {
            yield return $"the content of {string.Join(' ', copy.Sources)}";
        }

        if (stage.BaseImage is { } image && step is not CopyStep { Link: true })
        {
            yield return $"the base image {image.Reference.FamiliarName}";
        }
    }
}
