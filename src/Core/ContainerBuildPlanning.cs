using System.Collections.Immutable;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Planning;
using ContainerStages.Stages;

namespace ContainerStages;

/// <summary>The first phases of a build, up to the plans, one for each platform: nothing has run, no layer was fetched.</summary>
internal sealed class ContainerBuildPlanning : IDisposable
{
    private ContainerBuildPlanning(ContainerBuildServices services) => Services = services;

    public ContainerBuildServices Services { get; }

    public ImmutableArray<StageGraph> Graphs { get; private set; }

    public ImmutableArray<BuildPlan> Plans { get; private set; }

    /// <param name="definition">Its context and Dockerfile are files of this machine.</param>
    /// <param name="events">Hears warnings.</param>
    /// <param name="dockerfileName">What messages call the Dockerfile; null for its path.</param>
    /// <param name="cancellationToken">Stops asking registries.</param>
    /// <exception cref="BuildFailedException">The stages are wrong, an image cannot be had, or the lock file forbids it.</exception>
    public static async Task<ContainerBuildPlanning> CreateAsync(BuildDefinition definition, IBuildEvents events, string? dockerfileName, CancellationToken cancellationToken)
    {
        var warnings = new DistinctWarnings(events);
        var stages = ContainerBuildPlatforms.ReadStages(definition, dockerfileName, warnings);
        var planning = new ContainerBuildPlanning(new ContainerBuildServices(definition, stages, events));
        try
        {
            var planned = await Task.WhenAll(stages.Select(one => planning.PlanAsync(one, definition, warnings, cancellationToken)));
            planning.Graphs = [.. planned.Select(one => one.Graph)];
            planning.Plans = [.. planned.Select(one => one.Plan)];
            return planning;
        }
        catch
        {
            planning.Dispose();
            throw;
        }
    }

    public void Dispose() => Services.Dispose();

    private async Task<(StageGraph Graph, BuildPlan Plan)> PlanAsync(PlatformStages stages, BuildDefinition definition, IBuildEvents warnings, CancellationToken cancellationToken)
    {
        var (platform, graph) = stages;
        var images = await Services.ResolveImagesAsync(graph, platform, cancellationToken);
        if (ContainerBuildTriggers.Insert(graph, images) is { } withTriggers)
        {
            graph = ContainerBuildPlatforms.Graph(withTriggers, definition);
            images = await Services.ResolveImagesAsync(graph, platform, cancellationToken);
        }

        var plan = Planner.Plan(graph, images, definition.BuildArgs, platform, warnings, Services.Inputs.Locked, isPlatformAsked: definition.Platforms.Count > 0);
        Services.Inputs.RequireLocked(plan);
        return (graph, plan);
    }
}
