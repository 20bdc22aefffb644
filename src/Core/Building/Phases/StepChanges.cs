using ContainerStages.Caching;
using ContainerStages.Contracts;
using ContainerStages.Engines;
using ContainerStages.Planning;
using ContainerStages.Reporting;

namespace ContainerStages.Building;

/// <summary>Which inputs of the steps changed since the last build of the same thing that had a report.</summary>
internal sealed class StepChanges
{
    private const int MostChanges = 100;
    private readonly Dictionary<PlanStep, StepInputs> inputs = new(ReferenceEqualityComparer.Instance);
    private readonly InputMemory memory;
    private readonly InputComparison? comparison;

    public StepChanges(PlannedBuild planned, InputLog log)
    {
        var (source, plans) = (planned.Definition.Source, planned.Plans.ToArray());
        var (reader, titles) = (new InputReader(log, planned.Definition.Commands.Key()), new StageTitles(plans.Length));
        foreach (var stage in plans.SelectMany(plan => plan.Stages))
        {
            foreach (var step in stage.Steps)
            {
                if (reader.Read(stage, titles.Of(stage), step) is { } found)
                {
                    inputs[step] = found;
                }
            }
        }

        memory = new InputMemory(
            planned.Session.Store,
            [source.ContextDirectory, source.Dockerfile ?? source.Project?.File ?? "", source.Target ?? "", .. source.Platforms]);
        comparison = memory.Read() is { } before ? new InputComparison(before, inputs.Values) : null;
    }

    /// <returns>Null where the earlier build did not have the step, or none is known.</returns>
    public IReadOnlyList<ReportedChange>? Find(PlanStep step) =>
        comparison is not null && inputs.TryGetValue(step, out var found) && comparison.Compare(found) is { } changes
            ? [.. changes.Take(MostChanges).Select(Reported)]
            : null;

    /// <summary>The next build compares with this one.</summary>
    public void Save() => memory.Save(inputs.Values);

    private static ReportedChange Reported(InputChange change)
    {
        var kind = change.Before is null ? DifferenceKind.Added : change.After is null ? DifferenceKind.Removed : DifferenceKind.Changed;
        return new ReportedChange(NameOf(change.Kind), change.Name, kind, Shown(change.Before), Shown(change.After));
    }

    private static string NameOf(InputKind kind) => kind == InputKind.BaseImage ? "baseImage" : kind.ToString().ToLowerInvariant();

    private static string? Shown(StepInput? input) => input is { IsHidden: false } ? input.Value : null;
}
