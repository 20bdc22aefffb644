using System.Collections.Immutable;
using ContainerStages.Sandboxing;

namespace ContainerStages.Engines;

/// <summary>The engines beside the embedded one, in the order in which they are tried.</summary>
public static class OtherEngines
{
    internal static ImmutableArray<IRemoteBuilder> All() => [new DockerBuilder(), new PodmanBuilder()];

    /// <summary>Asks every engine, the embedded one first, whether it works here.</summary>
    public static async Task<ImmutableArray<(string Name, EngineProbe Probe)>> ProbeAsync(CancellationToken cancellationToken)
    {
        var others = await Task.WhenAll(All().Select(async builder => (builder.Name, await builder.ProbeAsync(cancellationToken))));
        return [("embedded", new EngineProbe(UserNamespace.FindProblem()?.Diagnostics[0])), .. others];
    }
}
