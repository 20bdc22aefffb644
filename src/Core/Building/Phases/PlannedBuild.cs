using System.Collections.Immutable;
using ContainerStages.Caching;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Engines;
using ContainerStages.Planning;
using ContainerStages.Stages;

namespace ContainerStages.Building;

/// <summary>A build up to the plans, one for each platform: nothing has run, no layer was fetched.</summary>
internal sealed class PlannedBuild : IDisposable
{
    private PlannedBuild(BuildDefinition definition, BuildSession session) =>
        (Definition, Session, Inputs) = (definition, session, definition.Outputs.Reports.Count > 0 ? new InputLog() : null);

    /// <summary>Its context and Dockerfile are files of this machine.</summary>
    public BuildDefinition Definition { get; }

    public BuildSession Session { get; }

    public ImmutableArray<PlatformBuild> Builds { get; private set; } = [];

    public IEnumerable<BuildPlan> Plans => Builds.Select(build => build.Plan);

    /// <summary>What an engine is to make of it.</summary>
    public EngineRequest Request => Session.RequestOf(Builds) with { Inputs = Inputs };

    /// <summary>What the steps read; null where no report asks.</summary>
    public InputLog? Inputs { get; }

    /// <param name="definition">Its context and Dockerfile are files of this machine.</param>
    /// <param name="events">Hears warnings.</param>
    /// <param name="dockerfileName">What messages call the Dockerfile; null for its path.</param>
    /// <param name="cancellationToken">Stops asking registries.</param>
    /// <exception cref="BuildFailedException">The stages are wrong, an image cannot be had, or the lock file forbids it.</exception>
    public static async Task<PlannedBuild> CreateAsync(
        BuildDefinition definition, DistinctWarnings events, string? dockerfileName, CancellationToken cancellationToken)
    {
        var stages = StageReader.Read(definition, dockerfileName, events);
        var planned = new PlannedBuild(definition, new BuildSession(definition, stages, events));
        try
        {
            planned.Builds = [.. await Task.WhenAll(stages.Select(one => planned.PlanAsync(one, events, cancellationToken)))];
            return planned;
        }
        catch
        {
            planned.Dispose();
            throw;
        }
    }

    public void Dispose() => Session.Dispose();

    private async Task<PlatformBuild> PlanAsync(PlatformStages stages, IBuildEvents warnings, CancellationToken cancellationToken)
    {
        var (platform, graph) = stages;
        var images = await Session.ResolveImagesAsync(graph, platform, cancellationToken);
        if (BaseTriggers.Insert(graph, images) is { } withTriggers)
        {
            graph = StageReader.GraphOf(withTriggers, Definition);
            images = await Session.ResolveImagesAsync(graph, platform, cancellationToken);
        }

        var plan = Planner.Plan(
            graph,
            images,
            Definition.Source.BuildArgs,
            platform,
            warnings,
            Session.Inputs.Locked,
            isPlatformAsked: Definition.Source.Platforms.Count > 0);
        Session.Inputs.RequireLocked(plan);
        return new PlatformBuild(graph, images, plan);
    }
}
