using System.Collections.Immutable;
using ContainerStages.Contracts;
using ContainerStages.Engines;
using ContainerStages.Planning;
using ContainerStages.Reporting;

namespace ContainerStages.Building;

/// <summary>What the steps of a build waited for, and why those ran that ran: from the plans, and what happened.</summary>
/// <param name="changes">Which inputs changed.</param>
internal sealed class StepReasons(ImmutableArray<BuildPlan> plans, BuildPolicy policy, StepChanges changes)
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
                    ? Explain(step with { WaitsFor = StagesOf(found).ToArray() is { Length: > 0 } read ? read : null }, stage, found, ran)
                    : step),
            ],
        };
    }

    private ReportedStep Explain(ReportedStep step, StagePlan stage, PlanStep planned, HashSet<(string Stage, string Title)> ran)
    {
        if (step.Outcome != Ran)
        {
            return step;
        }

        if (policy.IsRunAgain(stage.Name))
        {
            return step with { Why = "it was to run again (--no-cache)" };
        }

        var earlier = stage.Steps.TakeWhile(one => one != planned).LastOrDefault(one => ran.Contains((titles.Of(stage), one.Title)));
        var found = changes.Find(planned);

        // The base image is told where it matters first.
        var changed = found?.Where(change => earlier is null || change.Input != "baseImage").ToArray();
        var before = earlier is null ? null : $"the step before it ran: {earlier.Title}";
        return changed is { Length: > 0 }
            ? step with { Changed = changed, Why = string.Join("; ", new[] { ReportedChange.TextOf(changed), before }.OfType<string>()) }
            : step with { Why = before ?? Why(stage, planned, ran, isSame: found is not null) };
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

    private string Why(StagePlan stage, PlanStep step, HashSet<(string Stage, string Title)> ran, bool isSame)
    {
        if (stage.Base is StageBase below && ran.Any(one => one.Stage == titles.Of(below.Stage)))
        {
            return $"the stage {titles.Of(below.Stage)} under it ran";
        }

        var made = StagesOf(step).Where(read => ran.Any(one => one.Stage == read)).ToArray();
        return made.Length > 0
            ? $"what it reads of {string.Join(" and ", made)} was made anew"
            : $"no result is here for {string.Join(", ", Inputs(stage, step))}"
                + (isSame ? "; none of it changed since the last report" : "");
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
