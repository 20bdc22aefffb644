using System.Collections.Immutable;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Oci;
using ContainerStages.Stages;

namespace ContainerStages.Building;

/// <summary>
/// The stages of one platform's image; each platform has its own, because arguments such as TARGETARCH stand in names of bases too.
/// </summary>
internal sealed record PlatformStages(Platform Platform, StageGraph Graph);

/// <summary>Reads the stages of every platform that a definition asks for.</summary>
internal static class StageReader
{
    /// <summary>Each once, in the order they were given; the machine's own where none is.</summary>
    /// <exception cref="BuildFailedException">A text is no platform.</exception>
    public static ImmutableArray<Platform> PlatformsOf(BuildSource source) => source.Platforms.Count == 0
        ? [Platform.Host]
        : [.. source.Platforms
            .Select(text => Platform.TryParse(text) ?? throw new BuildFailedException(PlanDiagnostics.BadPlatform(text, null)))
            .Distinct()];

    /// <exception cref="BuildFailedException">One diagnostic per mistake, with file and line.</exception>
    public static ImmutableArray<PlatformStages> Read(BuildDefinition definition, string? dockerfileName, IBuildEvents events)
    {
        var platforms = PlatformsOf(definition.Source);
        RequireIndexes(definition.Outputs, platforms);
        var stages = ImmutableArray.CreateBuilder<PlatformStages>();
        foreach (var platform in platforms)
        {
            var set = NamedContexts.Add(FrontEnd.Read(definition.Source, platform, dockerfileName), definition.Source);
            foreach (var warning in set.Warnings)
            {
                events.Report(new DiagnosticReported(warning));
            }

            stages.Add(new PlatformStages(platform, GraphOf(set, definition)));
        }

        return stages.ToImmutable();
    }

    /// <summary>Checks before hours of work, not after, that every destination can hold several platforms.</summary>
    private static void RequireIndexes(BuildOutputs outputs, ImmutableArray<Platform> platforms)
    {
        if (platforms.Length > 1 && outputs.Destinations.FirstOrDefault(destination => !destination.Medium.HoldsIndex) is { } single)
        {
            throw new BuildFailedException(
                PlatformDiagnostics.OnePlatformOnly(single.Address, platforms.Select(platform => platform.ToString())));
        }
    }

    /// <summary>What the target needs; for the build checks all stages, where no target is named, as with BuildKit.</summary>
    public static StageGraph GraphOf(StageSet set, BuildDefinition definition) =>
        definition is { Goal: BuildGoal.Check, Source.Target: null }
            ? StageGraph.CreateAll(set)
            : StageGraph.Create(set, definition.Source.Target);
}
