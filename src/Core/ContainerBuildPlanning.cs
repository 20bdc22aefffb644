using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Planning;
using ContainerStages.Stages;

namespace ContainerStages;

/// <summary>The first phases of a build, up to the plan: nothing has run, no layer was fetched.</summary>
internal sealed class ContainerBuildPlanning : IDisposable
{
    private ContainerBuildPlanning(StageGraph graph, BuildPlan plan, ContainerBuildServices services) => (Graph, Plan, Services) = (graph, plan, services);

    public StageGraph Graph { get; }

    public BuildPlan Plan { get; }

    public ContainerBuildServices Services { get; }

    /// <exception cref="BuildFailedException">The stages are wrong, an image cannot be had, or the lock file forbids it.</exception>
    public static async Task<ContainerBuildPlanning> CreateAsync(BuildDefinition definition, IBuildEvents events, CancellationToken cancellationToken)
    {
        var platform = ContainerBuildStages.PlatformOf(definition);
        var stages = ContainerBuildContexts.Add(ContainerBuildStages.Read(definition, platform), definition);
        foreach (var warning in stages.Warnings)
        {
            events.Report(new DiagnosticReported(warning));
        }

        var graph = StageGraph.Create(stages, definition.Target);
        var services = new ContainerBuildServices(definition, graph, platform, events);
        try
        {
            var images = await services.ResolveImagesAsync(graph, cancellationToken);
            if (ContainerBuildTriggers.Insert(graph, images) is { } withTriggers)
            {
                graph = StageGraph.Create(withTriggers, definition.Target);
                images = await services.ResolveImagesAsync(graph, cancellationToken);
            }

            var plan = Planner.Plan(graph, images, definition.BuildArgs, platform, events, services.Inputs.Locked);
            services.Inputs.RequireLocked(plan);
            return new ContainerBuildPlanning(graph, plan, services);
        }
        catch
        {
            services.Dispose();
            throw;
        }
    }

    public void Dispose() => Services.Dispose();
}
