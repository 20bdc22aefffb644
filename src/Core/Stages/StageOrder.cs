using System.Collections.Immutable;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;

namespace ContainerStages.Stages;

/// <summary>
/// Depth-first topological order of the stages that one stage needs; finds circles, also among stages that it does not need.
/// </summary>
internal sealed class StageOrder(ImmutableArray<StageNode> nodes, ICollection<Diagnostic> diagnostics)
{
    private readonly ImmutableArray<StageNode>.Builder order = ImmutableArray.CreateBuilder<StageNode>();
    private readonly HashSet<int> done = [];
    private readonly List<int> path = [];

    /// <summary>Every stage, once <see cref="UpTo"/> has gone through them.</summary>
    public ImmutableArray<StageNode> All => order.ToImmutable();

    public ImmutableArray<StageNode> UpTo(int target)
    {
        Visit(target);
        var needed = order.ToImmutable();
        foreach (var node in nodes)
        {
            Visit(node.Stage.Index);
        }

        return needed;
    }

    private void Visit(int index)
    {
        if (path.IndexOf(index) is >= 0 and var start)
        {
            ReportCycle([.. path.Skip(start), index]);
            return;
        }

        if (!done.Add(index))
        {
            return;
        }

        path.Add(index);
        foreach (var needed in nodes[index].Needs.Order())
        {
            Visit(needed);
        }

        path.RemoveAt(path.Count - 1);
        order.Add(nodes[index]);
    }

    private void ReportCycle(ImmutableArray<int> circle) =>
        diagnostics.Add(StageDiagnostics.Cycle(circle.Select(index => nodes[index].Stage.DisplayName), nodes[circle[0]].Stage.Location));
}
