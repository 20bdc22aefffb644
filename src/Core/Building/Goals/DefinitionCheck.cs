using System.Collections.Immutable;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;

namespace ContainerStages.Building;

/// <summary>What is wrong with a Dockerfile and what the build checks say of it; nothing is built.</summary>
public static class DefinitionCheck
{
    /// <summary>
    /// In the order of the lines. Base images are asked for their configuration: what they define, their platform and their triggers.
    /// </summary>
    public static async Task<ImmutableArray<Diagnostic>> RunAsync(BuildDefinition definition, CancellationToken cancellationToken)
    {
        var found = new FoundDiagnostics();
        try
        {
            using var warnings = new DistinctWarnings(found);
            using var planned = await PlannedBuild.CreateAsync(
                EpochArgument.Apply(definition) with { Goal = BuildGoal.Check }, warnings, dockerfileName: null, cancellationToken);
        }
        catch (BuildFailedException failed)
        {
            found.Add(failed.Diagnostics);
        }

        return [.. found.All.OrderBy(diagnostic => diagnostic.Location?.Line).ThenBy(diagnostic => diagnostic.Location?.Column)];
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
                lock (all)
                {
                    all.Add(reported.Diagnostic);
                }
            }
        }
    }
}
