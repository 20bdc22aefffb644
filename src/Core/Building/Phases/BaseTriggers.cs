using System.Collections.Immutable;
using ContainerStages.Contracts;
using ContainerStages.Dockerfile;
using ContainerStages.Planning;
using ContainerStages.Stages;

namespace ContainerStages.Building;

/// <summary>ONBUILD instructions of a base stand before a stage's own. Source: Dockerfile reference, ONBUILD.</summary>
internal static class BaseTriggers
{
    /// <summary>The stages with the triggers of their bases in front; null where no base has any.</summary>
    /// <exception cref="Diagnostics.BuildFailedException">A trigger is no instruction; the place named is the stage's FROM.</exception>
    public static StageSet? Insert(StageGraph graph, IReadOnlyDictionary<NamedBase, ImageBase> images)
    {
        var stages = graph.Set.Stages.ToBuilder();
        var found = false;
        foreach (var node in graph.Stages)
        {
            if (TriggersOf(node, graph, images) is { Count: > 0 } triggers)
            {
                found = true;
                stages[node.Stage.Index] = node.Stage with
                {
                    Instructions = [.. triggers.SelectMany(trigger => Read(trigger, node.Stage)), .. node.Stage.Instructions],
                };
            }
        }

        return found ? graph.Set with { Stages = stages.ToImmutable() } : null;
    }

    private static IReadOnlyList<string> TriggersOf(
        StageNode node, StageGraph graph, IReadOnlyDictionary<NamedBase, ImageBase> images) => node.Base switch
    {
        StageSource.Image image => images[new NamedBase(image.Reference, node.Stage.Platform)].Config.Config.OnBuild ?? [],
        StageSource.OtherStage other =>
            [.. graph[other.Index].Stage.Instructions.OfType<OnBuildInstruction>().Select(instruction => instruction.Trigger)],
        _ => [],
    };

    private static ImmutableArray<Instruction> Read(string trigger, Stage stage)
    {
        SourceLocation place = stage.FromLocation;
        return DockerfileFrontEnd.ReadSteps(trigger, place.File, place.Line);
    }
}
