using System.Collections.Immutable;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;

namespace ContainerStages.Engines;

/// <summary>What one builder answered.</summary>
/// <param name="Node">The builder.</param>
/// <param name="State">What it can; null where it does not work.</param>
/// <param name="Failure">Why it does not.</param>
internal readonly record struct AskedNode(BuildKitNode Node, BuilderState? State, BuildFailedException? Failure);

/// <summary>The builders that work, of those that a user named.</summary>
/// <param name="Nodes">At least one, in the user's order.</param>
/// <param name="Absent">A warning for each that does not work.</param>
internal sealed record FoundNodes(
    ImmutableArray<(BuildKitNode Node, BuilderState State)> Nodes,
    ImmutableArray<Diagnostic> Absent)
{
    /// <exception cref="BuildFailedException">None works.</exception>
    public static FoundNodes Of(IReadOnlyCollection<AskedNode> asked)
    {
        var working = asked.Where(one => one.State is not null).Select(one => (one.Node, one.State!)).ToImmutableArray();
        var failed = asked.Where(one => one.Failure is not null).ToArray();
        return working.IsEmpty
            ? throw Refusal(failed)
            : new FoundNodes(
                working,
                [.. failed.Select(one => BuildKitDiagnostics.WithoutOne(one.Node.Address!.Text, one.Failure!.Diagnostics[0]))]);
    }

    /// <summary>
    /// The builder of one platform: of those that can run its commands, those that need no emulator; what several can is spread over
    /// them by the order of the platforms, so that a build finds what the build before left on it.
    /// </summary>
    /// <exception cref="BuildFailedException">None runs what its commands are made for.</exception>
    public BuildKitNode Choose(RemoteBuild build)
    {
        var able = Nodes.Where(node => build.RunsOn.All(node.State.Runs)).ToArray();
        if (able.Length == 0)
        {
            var lacking = build.RunsOn.Where(platform => !Nodes.Any(node => node.State.Runs(platform))).ToArray();
            throw new BuildFailedException(
                BuildKitDiagnostics.NoPlatform(
                    lacking.Length > 0 ? lacking : build.RunsOn,
                    Nodes.SelectMany(node => node.State.Platforms).Distinct()));
        }

        var best = able.GroupBy(node => build.RunsOn.Count(node.State.IsNative)).MaxBy(group => group.Key)!.ToArray();
        return best[build.Place % best.Length].Node;
    }

    /// <summary>What is wrong with the first, and that the others do not work either.</summary>
    private static BuildFailedException Refusal(AskedNode[] failed)
    {
        var first = failed[0].Failure!;
        if (failed.Length == 1)
        {
            return first;
        }

        var others = failed.Skip(1).Select(one => $"'{one.Node.Address!.Text}' ({one.Failure!.Diagnostics[0].Code})");
        var problem = first.Diagnostics[0];
        return new BuildFailedException(
            [problem with { Message = $"{problem.Message} None of the others can be used either: {string.Join(", ", others)}." }],
            first);
    }
}
