using System.Collections.Immutable;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;

namespace ContainerStages.Stages;

/// <summary>A stage with everything it names resolved.</summary>
/// <param name="Stage">The stage as read.</param>
/// <param name="Base">What it builds on.</param>
/// <param name="CopySources">By the text of --from, also of bind and cache mounts: an image or another stage.</param>
internal sealed record StageNode(Stage Stage, StageSource Base, ImmutableDictionary<string, StageSource> CopySources)
{
    /// <summary>Indexes of the stages that have to be built before this one.</summary>
    public IEnumerable<int> Needs =>
        CopySources.Values.Prepend(Base).OfType<StageSource.OtherStage>().Select(source => source.Index).Distinct();

    /// <summary>Where a copy of this stage takes from; null for the build context.</summary>
    public StageSource? SourceOf(CopyInstruction copy) => copy.From is { } from ? CopySources[from] : null;
}

/// <summary>The stages that a target needs, each after those it needs itself; the target is the last.</summary>
internal sealed class StageGraph
{
    private readonly ImmutableDictionary<int, StageNode> byIndex;

    private StageGraph(ImmutableArray<StageNode> stages, StageSet set)
    {
        (Stages, Set) = (stages, set);
        byIndex = stages.ToImmutableDictionary(node => node.Stage.Index);
    }

    /// <summary>In an order in which they can be built.</summary>
    public ImmutableArray<StageNode> Stages { get; }

    public StageNode Target => Stages[^1];

    /// <summary>What the front end read: global arguments and escape character.</summary>
    public StageSet Set { get; }

    /// <summary>The node of a stage that is part of the graph, by its <see cref="Stage.Index"/>.</summary>
    public StageNode this[int index] => byIndex[index];

    /// <summary>Checks names and references of all stages, and prunes to what <paramref name="target"/> needs.</summary>
    /// <param name="set">What a front end read.</param>
    /// <param name="target">A stage's name or index; null for the last stage.</param>
    /// <exception cref="BuildFailedException">One diagnostic per wrong name, reference or circle.</exception>
    public static StageGraph Create(StageSet set, string? target) => Create(set, target, withAll: false);

    /// <summary>As <see cref="Create(StageSet, string)"/> for the last stage, with those that it does not need in front.</summary>
    /// <inheritdoc cref="Create(StageSet, string)" path="/exception"/>
    public static StageGraph CreateAll(StageSet set) => Create(set, target: null, withAll: true);

    private static StageGraph Create(StageSet set, string? target, bool withAll)
    {
        if (set.Stages.IsEmpty)
        {
            throw new BuildFailedException(StageDiagnostics.NoStage(null));
        }

        var diagnostics = new List<Diagnostic>();
        var nodes = new StageResolver(set, diagnostics).Resolve();
        var last = FindTarget(set, target, diagnostics);
        ThrowIfAny(diagnostics);

        var order = new StageOrder(nodes, diagnostics);
        var stages = order.UpTo(last!.Index);
        ThrowIfAny(diagnostics);
        if (withAll)
        {
            var needed = stages.Select(node => node.Stage.Index).ToHashSet();
            stages = [.. order.All.Where(node => !needed.Contains(node.Stage.Index)), .. stages];
        }

        return new StageGraph(stages, set);
    }

    private static Stage? FindTarget(StageSet set, string? target, List<Diagnostic> diagnostics)
    {
        var found = set.Find(target);
        if (found is null)
        {
            diagnostics.Add(StageDiagnostics.UnknownTarget(
                target!,
                [.. set.Stages.Select(stage => stage.Name).OfType<string>()],
                set.Stages[0].Location with { Line = 0, Column = 0, EndLine = 0, EndColumn = 0 }));
        }

        return found;
    }

    private static void ThrowIfAny(List<Diagnostic> diagnostics)
    {
        if (diagnostics.Count > 0)
        {
            throw new BuildFailedException([.. diagnostics]);
        }
    }
}
