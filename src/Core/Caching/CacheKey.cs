using ContainerStages.Planning;
using ContainerStages.Snapshots;

namespace ContainerStages.Caching;

/// <summary>
/// Names the result of a step by everything that goes into it, and nothing else: no times, no folder of the machine, no build. Two steps
/// with the same key make the same layer.
/// </summary>
internal static class CacheKey
{
    /// <summary>Key of a stack of layers: that of the stack below, and the layer on top.</summary>
    public static StackKey Stack(StackKey below, SnapshotId layer) =>
        new(new KeyBuilder("stack").Add("below", below.Hex).Add("layer", layer.Hex).Build());

    /// <summary>Key of the empty stack.</summary>
    public static StackKey EmptyStack { get; } = new(new KeyBuilder("empty stack").Build());

    /// <param name="settings">What the whole build says of commands; empty by default.</param>
    /// <param name="contents">Digest of the files of each mount that brings some, in order.</param>
    public static StepKey Run(StackKey stack, RunStep step, IReadOnlyCollection<string> settings, IReadOnlyCollection<string> contents)
    {
        var key = new KeyBuilder("run")
            .Add("stack", stack.Hex)
            .Add("arguments", step.Arguments)
            .Add("environment", step.Environment)
            .Add("working directory", step.WorkingDirectory)
            .Add("user", step.User)
            .Add("network", step.Network.ToString())
            .Add("insecure", step.Insecure)
            .Add("settings", settings)
            .Add("contents", contents);
        foreach (var declaration in step.Mounts.Select(mount => mount.Declaration.ToArray()).Where(declaration => declaration.Length > 0))
        {
            key.Add("mount", declaration);
        }

        return new StepKey(key.Build());
    }

    public static StepKey Workdir(StackKey stack, WorkdirStep step) =>
        new(new KeyBuilder("workdir").Add("stack", stack.Hex).Add("path", step.Path).Add("user", step.User).Build());

    /// <param name="contents">Digest of what each copy selects, in order.</param>
    public static StepKey Copy(StackKey stack, CopyStep step, IReadOnlyList<string> contents)
    {
        var key = new KeyBuilder("copy").Add("stack", (step.Link ? EmptyStack : stack).Hex);
        foreach (var (copy, content) in step.Copies.Zip(contents))
        {
            key.Add("content", content)
                .Add("destination", copy.Destination)
                .Add("owner", copy.Chown)
                .Add("mode", copy.Chmod)
                .Add("unpack", copy.Unpack)
                .Add("append", copy.Append)
                .Add("one of several", copy.OneOfSeveral);
        }

        return new StepKey(key.Build());
    }

    /// <summary>Key of what a copy selects in a stack, so that the stack need not be read again.</summary>
    public static SelectionKey Selection(StackKey stack, PlannedCopy copy) =>
        new(new KeyBuilder("selection")
            .Add("stack", stack.Hex)
            .Add("sources", copy.Sources)
            .Add("excludes", copy.Excludes)
            .Add("with owners", copy.Chown is null)
            .Add("with parents", copy.Parents)
            .Add("optional", copy.Optional)
            .Add("part", copy.Part is { } part ? [part.AssemblyName, part.Layer.ToString()] : [])
            .Build());

    /// <summary>Id of the snapshot that shows folders which an image's layers imply as the layers below have them.</summary>
    public static SnapshotId ImpliedFolders(IEnumerable<SnapshotId> layers) =>
        new(new KeyBuilder("implied folders").Add("layers", [.. layers.Select(layer => layer.Hex)]).Build());

    /// <summary>The id of a layer that no other build has: for results that must be made anew.</summary>
    public static SnapshotId Fresh(StepKey key) =>
        new(new KeyBuilder("fresh").Add("key", key.Hex).Add("build", Guid.NewGuid().ToString()).Build());
}
