using System.Collections.Immutable;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Planning;

namespace ContainerStages;

/// <summary>What is wrong with a Dockerfile and what the build checks say of it; nothing is built.</summary>
public static class ContainerBuildCheck
{
    /// <summary>In the order of the lines. Base images are asked for their configuration: what they define, and their platform.</summary>
    public static async Task<ImmutableArray<Diagnostic>> RunAsync(BuildDefinition definition, CancellationToken cancellationToken)
    {
        var found = new FoundDiagnostics();
        try
        {
            await PlanAsync(definition, found, cancellationToken);
        }
        catch (BuildFailedException failed)
        {
            found.Add(failed.Diagnostics);
        }

        return [.. found.All.OrderBy(diagnostic => diagnostic.Location?.Line).ThenBy(diagnostic => diagnostic.Location?.Column)];
    }

    private static async Task PlanAsync(BuildDefinition definition, FoundDiagnostics found, CancellationToken cancellationToken)
    {
        var warnings = new DistinctWarnings(found);
        var stages = ContainerBuildPlatforms.ReadStages(definition, dockerfileName: null, warnings);
        using var services = new ContainerBuildServices(definition, stages, NoBuildEvents.Instance);
        foreach (var (platform, graph) in stages)
        {
            var images = await services.ResolveImagesAsync(graph, platform, cancellationToken);
            Planner.Plan(graph, images, definition.BuildArgs, platform, warnings);
        }
    }

    private sealed class FoundDiagnostics : IBuildEvents
    {
        private readonly List<Diagnostic> all = [];

        public IEnumerable<Diagnostic> All => all;

        public void Add(IEnumerable<Diagnostic> diagnostics) => all.AddRange(diagnostics);

        public void Report(BuildEvent buildEvent)
        {
            if (buildEvent is DiagnosticReported reported)
            {
                all.Add(reported.Diagnostic);
            }
        }
    }
}
