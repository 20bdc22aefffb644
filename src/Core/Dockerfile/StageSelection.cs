using System.Collections.Immutable;
using System.Globalization;
using ContainerStages.Diagnostics;
using ContainerStages.Stages;

namespace ContainerStages.Dockerfile;

/// <summary>The stages of a build in an order that a Dockerfile can have: each after those it needs, the target last.</summary>
internal static class StageSelection
{
    /// <summary>Stages that need the target itself are left out. Artifacts are stages of their own.</summary>
    /// <param name="graph">What a front end read.</param>
    /// <param name="named">Named contexts, which whoever builds the Dockerfile gives too.</param>
    /// <exception cref="BuildFailedException">A stage is named by a number that changes, or no Dockerfile can say it.</exception>
    public static StageSet ForDockerfile(StageGraph graph, IEnumerable<string> named)
    {
        var set = graph.Set;
        var target = graph.Target.Stage;
        if (set.AnyOrder && set.Contexts.Except(named).FirstOrDefault() is { } own)
        {
            throw new BuildFailedException(
                ExportDiagnostics.NotSayable($"'{own}' is a folder that the project's own build made on this machine", target.Location));
        }

        if (target.Instructions.Any(instruction => instruction is BaseVariablesInstruction))
        {
            throw new BuildFailedException(ExportDiagnostics.NotSayable(
                "the layers of a .NET project without stages follow from what is published, its user and ports from variables of the " +
                "base image; write its stages as ContainerStage items, those can be exported",
                target.Location));
        }

        var stages = set.AnyOrder ? InOrder(set, target) : [.. set.Stages.Take(target.Index + 1)];
        var numbered = set.AnyOrder ? NumberIn(stages) : null;
        return numbered is { } number && stages.Where((stage, index) => stage.Index != index).Any()
            ? throw new BuildFailedException(ExportDiagnostics.NotSayable(
                $"the order of the stages changes, and stage {number} is named by its number; write its name", target.Location))
            : set with { Stages = [.. stages.Select(WithoutMachine).SelectMany(ArtifactStages.Of)] };
    }

    private static ImmutableArray<Stage> InOrder(StageSet set, Stage target)
    {
        var ordered = new List<Stage>();
        foreach (var stage in set.Stages.Where(stage => stage.Index != target.Index).Append(target))
        {
            var needed = StageGraph.Create(set, stage.Index.ToString(CultureInfo.InvariantCulture)).Stages
                .Select(node => node.Stage)
                .ToArray();
            if (stage.Index == target.Index || needed.All(other => other.Index != target.Index))
            {
                ordered.AddRange(needed.Where(other => ordered.TrueForAll(before => before.Index != other.Index)));
            }
        }

        return [.. ordered];
    }

    /// <summary>What commands see of this machine names no result; who builds the Dockerfile gives them his own.</summary>
    private static Stage WithoutMachine(Stage stage) => stage with
    {
        Instructions = [.. stage.Instructions.Select(instruction => instruction is RunInstruction run
            ? run with { Mounts = run.Mounts.RemoveAll(mount => mount is MachineMount or MachineSecretMount) }
            : instruction)],
    };

    private static string? NumberIn(
        IEnumerable<Stage> stages) => stages.SelectMany(stage => stage.Instructions).SelectMany(instruction => instruction switch
    {
        CopyInstruction copy => [copy.From],
        ArtifactsInstruction artifacts => artifacts.Copies.Select(copy => copy.From),
        RunInstruction run => run.Mounts.Select(mount => mount.TakesFrom),
        _ => Array.Empty<string?>(),
    }).FirstOrDefault(from => int.TryParse(from, NumberStyles.None, CultureInfo.InvariantCulture, out _));
}
