using System.Collections.Immutable;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;

namespace ContainerStages.Engines;

/// <summary>BuildKit through buildx: one builder or daemon, or several that share the platforms of a build.</summary>
/// <param name="nodes">At least one.</param>
internal sealed class BuildKitBuilder(ImmutableArray<BuildKitNode> nodes) : IRemoteBuilder
{
    private BuildxProgram? buildx;
    private FoundNodes? found;

    public string Name => EngineNames.BuildKit;

    public bool WorkdirIsOfUser => true;

    public async Task<EngineProbe> ProbeAsync(CancellationToken cancellationToken)
    {
        try
        {
            found = await FindAsync(cancellationToken);
            return new EngineProbe(null, VersionOf(found))
            {
                Lacks = ["no-new-privileges", "bases outside of registries", .. found.Absent.Select(warning => warning.Message)],
            };
        }
        catch (BuildFailedException failure)
        {
            return new EngineProbe(failure.Diagnostics[0], buildx is null ? "" : $"buildx {buildx.Shown}");
        }
    }

    public async Task BuildAsync(RemoteBuild build, StageProgress progress, CancellationToken cancellationToken)
    {
        if (build.Commands.NoNewPrivileges)
        {
            throw new BuildFailedException(RemoteDiagnostics.Lacks(Name, "commands without new privileges", null));
        }

        found ??= await FindAsync(cancellationToken);
        foreach (var warning in found.Absent)
        {
            progress.Warn(warning);
        }

        await found.Choose(build).BuildAsync(buildx!, build, progress, cancellationToken);
    }

    /// <exception cref="BuildFailedException">There is no builder that works.</exception>
    private async Task<FoundNodes> FindAsync(CancellationToken cancellationToken)
    {
        buildx ??= await BuildxProgram.FindAsync(cancellationToken) ?? throw new BuildFailedException(BuildKitDiagnostics.NoBuildx());
        if (buildx.Version < BuildxProgram.Oldest)
        {
            throw new BuildFailedException(BuildKitDiagnostics.OldBuildx(buildx.Shown, BuildxProgram.Oldest));
        }

        return FoundNodes.Of(await Task.WhenAll(nodes.Select(node => AskAsync(node, buildx, cancellationToken))));
    }

    private static async Task<AskedNode> AskAsync(BuildKitNode node, BuildxProgram buildx, CancellationToken cancellationToken)
    {
        try
        {
            return new AskedNode(node, await node.FindAsync(buildx, cancellationToken), null);
        }
        catch (BuildFailedException failure)
        {
            return new AskedNode(node, null, failure);
        }
    }

    private string VersionOf(FoundNodes working)
    {
        string[] parts =
        [
            string.Join(", ", working.Nodes.Select(node => node.State.Version).Where(version => version.Length > 0).Distinct()),
            $"buildx {buildx!.Shown}",
        ];
        return string.Join(" with ", parts.Where(part => part.Length > 0));
    }
}
