using System.Collections.Immutable;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;

namespace ContainerStages.Stages;

/// <summary>
/// Depth-first topological order of the stages that one stage needs; finds circles, also among stages that it does not need.
/// </summary>
internal sealed class StageOrder(ImmutableArray<StageNode> nodes, ICollection<Diagnostic> diagnostics)
{
    private readonly ImmutableArray<StageNode>.Builder _order = ImmutableArray.CreateBuilder<StageNode>();
    private readonly HashSet<int> _done = [];
    private readonly List<int> _path = [];

    /// <summary>Every stage, once <see cref="UpTo"/> has gone through them.</summary>
    public ImmutableArray<StageNode> All => _order.ToImmutable();

    public ImmutableArray<StageNode> UpTo(int target)
    {
        Visit(target);
        var needed = _order.ToImmutable();
        foreach (var node in nodes)
        {
            Visit(node.Stage.Index);
        }

        return needed;
    }

    private void Visit(int index)
    {
        if (_path.IndexOf(index) is >= 0 and var start)
        {
            ReportCycle([.. _path.Skip(start), index]);
            return;
        }

        if (!_done.Add(index))
        {
            return;
        }

        _path.Add(index);
        foreach (var needed in nodes[index].Needs.Order())
        {
            Visit(needed);
        }

        _path.RemoveAt(_path.Count - 1);
        _order.Add(nodes[index]);
    }

    private void ReportCycle(ImmutableArray<int> circle) =>
        diagnostics.Add(StageDiagnostics.Cycle(circle.Select(index => nodes[index].Stage.DisplayName), nodes[circle[0]].Stage.Location));
}
