using System.Collections.Immutable;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Oci;
using ContainerStages.Stages;

namespace ContainerStages.Planning;

/// <summary>Turns a graph whose images are resolved into a plan. Pure: no file, no network, no clock.</summary>
internal static class Planner
{
    /// <param name="images">For every image that the graph names: what it was resolved to.</param>
    /// <param name="warnings">Hears of build arguments that nobody takes, and what the build checks say.</param>
    /// <param name="locked">What addresses and repositories are to give.</param>
    /// <param name="isPlatformAsked">True where the build was asked for the platform.</param>
    /// <exception cref="BuildFailedException">An instruction makes no sense once its words are expanded.</exception>
    public static BuildPlan Plan(
        StageGraph graph,
        IReadOnlyDictionary<NamedBase, ImageBase> images,
        IReadOnlyDictionary<string, string> buildArguments,
        Platform platform,
        IBuildEvents warnings,
        LockedSourceSet? locked = null,
        bool isPlatformAsked = false)
    {
        var planned = new Dictionary<int, StagePlan>();
        var used = new HashSet<string>(StringComparer.Ordinal);
        var checks = new PlanChecks(graph, platform);
        foreach (var node in graph.Stages)
        {
            var scope = new PlanScope(
                new WordExpander(graph.Set.Escape),
                graph.Set.GlobalArguments,
                buildArguments,
                copy => SourceOf(node, copy, planned, images),
                platform,
                checks) { Locked = locked ?? LockedSourceSet.Empty };
            var start = BaseOf(node, planned, images);
            checks.Base(node, start);
            planned.Add(node.Stage.Index, new StagePlanner(node.Stage, start, scope).Plan());
            used.UnionWith(scope.Used);
        }

        if (isPlatformAsked)
        {
            checks.Image(planned[graph.Target.Stage.Index]);
        }

        checks.Report(warnings);
        WarnOfUnused(graph, buildArguments, used, warnings);
        return new BuildPlan(platform, [.. graph.Stages.Select(node => planned[node.Stage.Index])]) { IsPlatformAsked = isPlatformAsked };
    }

    private static PlannedBase BaseOf(StageNode node, Dictionary<int, StagePlan> planned, IReadOnlyDictionary<NamedBase, ImageBase> images)
    {
        switch (node.Base)
        {
            case StageSource.Image image:
                return images[new NamedBase(image.Reference, node.Stage.Platform)];
            case StageSource.OtherStage other:
                return new StageBase(planned[other.Index]);
            default:
                return new ScratchBase();
        }
    }

    private static CopySource SourceOf(
        StageNode node,
        CopyInstruction copy,
        Dictionary<int, StagePlan> planned,
        IReadOnlyDictionary<NamedBase, ImageBase> images) => node.SourceOf(copy) switch
    {
        StageSource.OtherStage other => new FromStage(planned[other.Index]),
        StageSource.Image image => new FromImage(images[new NamedBase(image.Reference, node.Stage.Platform)]),
        StageSource.Folder folder => new FromFolder(folder.Path),
        null => new FromContext(),
        var other => throw new InvalidOperationException($"The stage graph let COPY --from={copy.From} name {other}."),
    };

    private static void WarnOfUnused(
        StageGraph graph, IReadOnlyDictionary<string, string> buildArguments, HashSet<string> used, IBuildEvents warnings)
    {
        ImmutableArray<string> unused =
            [.. buildArguments.Keys.Where(name => !used.Contains(name)
                && !ProxyArguments.Contains(name)
                && !BuildKitArguments.Contains(name)
                && !graph.Set.GlobalArguments.ContainsKey(name))
                .Order(StringComparer.Ordinal)];
        if (!unused.IsEmpty)
        {
            warnings.Report(new DiagnosticReported(PlanDiagnostics.UnusedBuildArgs(unused)));
        }
    }
}
