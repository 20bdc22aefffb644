using System.Collections.Immutable;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Sandboxing;

namespace ContainerStages.Engines;

/// <summary>The engines beside the embedded one, in the order in which they are tried.</summary>
public static class OtherEngines
{
    /// <exception cref="BuildFailedException">
    /// What is said of the engine buildkit is no address, or what is asked for belongs to another engine.
    /// </exception>
    internal static ImmutableArray<IRemoteBuilder> All(BuildPolicy policy)
    {
        var addresses = policy.EngineAddresses.Distinct().Select(ReadAddress).ToArray();
        if (policy.EngineCertificates is not null && !addresses.Any(address => address.IsTcp))
        {
            throw new BuildFailedException(EngineAddress.HasNoCertificates());
        }

        if (SandboxNames.Runtimes.Contains(policy.Sandbox) && policy.Engine is not (EngineNames.Automatic or EngineNames.Embedded))
        {
            throw new BuildFailedException(RuntimeDiagnostics.IsNotFor(policy.Engine, policy.Sandbox));
        }

        var nodes = addresses.Select(address => new BuildKitNode(address, policy.EngineCertificates)).ToImmutableArray();
        return addresses.Length == 0 || policy.Engine is EngineNames.Automatic or EngineNames.BuildKit
            ? [new DockerBuilder(), new PodmanBuilder(), new BuildKitBuilder(nodes.IsEmpty ? [new BuildKitNode(null, null)] : nodes)]
            : throw new BuildFailedException(EngineAddress.IsNotFor(policy.Engine));
    }

    /// <summary>Asks every engine, the embedded one first, whether it works here.</summary>
    /// <param name="policy">Where buildkit is.</param>
    /// <exception cref="BuildFailedException">What is said of the engine buildkit is no address.</exception>
    public static async Task<ImmutableArray<(string Name, EngineProbe Probe)>> ProbeAsync(
        BuildPolicy policy,
        CancellationToken cancellationToken)
    {
        var others = await Task.WhenAll(All(policy).Select(async builder => (builder.Name, await builder.ProbeAsync(cancellationToken))));
        return [("embedded", new EngineProbe(UserNamespace.FindProblem()?.Diagnostics[0])), .. others];
    }

    /// <summary>Asks every OCI runtime that the embedded engine can use whether it works here.</summary>
    public static async Task<ImmutableArray<(string Name, EngineProbe Probe)>> ProbeSandboxesAsync(CancellationToken cancellationToken) =>
        [.. await Task.WhenAll(SandboxNames.Runtimes.Select(async name => (name, await ProbeSandboxAsync(name, cancellationToken))))];

    private static async Task<EngineProbe> ProbeSandboxAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            return EngineProbe.Works with { Version = (await OciRuntime.FindAsync(name, cancellationToken)).Version };
        }
        catch (BuildFailedException refused)
        {
            return new EngineProbe(refused.Diagnostics[0]);
        }
    }

    private static EngineAddress ReadAddress(string text) =>
        EngineAddress.Read(text, out var problem) ?? throw new BuildFailedException(problem!);
}
