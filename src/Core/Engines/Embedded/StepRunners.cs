using System.Collections.Immutable;
using ContainerStages.Caching;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Layers;
using ContainerStages.Planning;
using ContainerStages.Posix;
using ContainerStages.Snapshots;

namespace ContainerStages.Engines;

/// <summary>Finds what a step reads and, when it must run, makes its layer.</summary>
internal sealed class StepRunners(EngineServices services, CopySources sources)
{
    /// <summary>
    /// Of files in the folders of composed layers: one for all builds, since a build with another epoch finds the same folder by its key.
    /// </summary>
    public const long ComposedTime = 0;

    private readonly RunStepRunner run = new(services, sources);

    /// <summary>
    /// Digests of what the step reads besides the layers below it; they are part of its key. Needs nothing of the steps before.
    /// </summary>
    public async Task<IReadOnlyList<string>> ContentsAsync(PlanStep step, CancellationToken cancellationToken) => step switch
    {
        RunStep command => await run.ContentsAsync(command, cancellationToken),
        CopyStep copy => await sources.DigestsAsync(copy, cancellationToken),
        _ => [],
    };

    /// <summary>The same from what is here alone; null where something of it is not.</summary>
    public async Task<IReadOnlyList<string>?> FindContentsAsync(PlanStep step, CancellationToken cancellationToken)
    {
        if (step is RunStep command)
        {
            run.RequireAllowed(command);
        }

        var contents = new List<string>();
        foreach (var copy in step.Reads)
        {
            if (await sources.FindDigestAsync(copy, cancellationToken) is not { } digest)
            {
                return null;
            }

            contents.Add(digest);
        }

        return contents;
    }

    /// <exception cref="BuildFailedException">The build does not allow what the command asks for.</exception>
    public void RequireAllowed(RunStep step) => run.RequireAllowed(step);

    /// <summary>To be called when the step's layer is there.</summary>
    public void Release(PlanStep step) => sources.Release(step);

    /// <summary>Names the result of a step by the stack it stands on and what it reads.</summary>
    public StepKey KeyOf(PlanStep step, StackKey stack, IReadOnlyList<string> contents)
    {
        services.Request.Inputs?.Add(step, contents);
        return step switch
        {
            RunStep command => CacheKey.Run(stack, command, services.Request.Commands.Key(), contents),
            WorkdirStep workdir => CacheKey.Workdir(stack, workdir),
            CopyStep copy => CacheKey.Copy(stack, copy, contents),
            _ => throw new NotSupportedException($"No runner for {step.GetType().Name}."),
        };
    }

    /// <summary>Pulls and unpacks the images and stages that the step reads from.</summary>
    /// <returns>Their layer folders.</returns>
    public async Task<IReadOnlyList<string>> EnsureSourcesAsync(PlanStep step, CancellationToken cancellationToken)
    {
        var folders = new List<string>();
        if (step is RunStep && services.Elsewhere is not null)
        {
            return folders;
        }

        foreach (var source in step.Reads.Select(read => read.From).Where(source => source.IsOfLayers))
        {
            folders.AddRange(
                await (await sources.StackOfAsync(source, cancellationToken)).EnsureAsync(services.Snapshots, cancellationToken));
        }

        return folders;
    }

    /// <summary>
    /// Makes the layer <paramref name="layer"/> unless its folder exists, or another process is making it: then waits for that.
    /// </summary>
    /// <param name="lower">Layer folders below, from the base up; none for a linked copy.</param>
    /// <returns>The result, and whether it was made here.</returns>
    public async Task<(StepResult Result, bool IsMade)> RunAsync(
        PlanStep step, ImmutableArray<string> lower, SnapshotId layer, string eventId, CancellationToken cancellationToken)
    {
        var isMade = false;
        await services.Snapshots.CreateAsync(
            layer,
            (folder, token) =>
            {
                isMade = true;
                return step switch
                {
                    RunStep command when services.Elsewhere is { } other => other.MakeLayerAsync(command, lower, folder, token),
                    RunStep command => run.RunAsync(command, lower, folder, eventId, token),
                    WorkdirStep workdir => Task.FromResult(Compose(lower, folder, composer => MakeWorkdir(workdir, lower, composer))),
                    CopyStep copy => CopyAsync(copy, lower, folder, token),
                    _ => throw new NotSupportedException($"No runner for {step.GetType().Name}."),
                };
            },
            cancellationToken);
        return (new StepResult(layer, IsEmpty(services.Snapshots.PathOf(layer))), isMade);
    }

    /// <summary>True where <see cref="WriteStraightAsync"/> can do the step.</summary>
    public static bool CanWriteStraight(PlanStep step) => step is CopyStep { Copies: [var copy] } && !CopyStepRunner.NeedsFolder(copy);

    /// <summary>Writes the layer of a copy without making its folder. Null where the copy changes nothing.</summary>
    /// <inheritdoc cref="RunAsync"/>
    public async Task<Layer?> WriteStraightAsync(CopyStep step, ImmutableArray<string> lower, CancellationToken cancellationToken)
    {
        var selection = await sources.SelectAsync(step.Copies[0], cancellationToken);
        var tree = new LayerTree(new UnionView(lower));
        CopyStepRunner.Copy(selection, lower, tree, scratch: "", cancellationToken);
        var options = new LayerWriterOptions(services.Request.Form, SameTimes: true);
        var (layer, _) = await LayerWriter.WriteAsync(
            writer => tree.Write(writer, options, cancellationToken),
            services.Layers,
            options,
            cancellationToken);
        return layer;
    }

    public async Task<Layer> WriteLayerAsync(PlanStep step, string folder, CancellationToken cancellationToken) =>
        await LayerWriter.WriteAsync(
            folder,
            services.Layers,
            new LayerWriterOptions(services.Request.Form, SameTimes: step is not RunStep),
            cancellationToken)
        ?? throw new InvalidOperationException(
            $"The layer folder '{folder}' is empty, although its step was recorded as one that changed files.");

    private async Task<string> CopyAsync(CopyStep step, ImmutableArray<string> lower, string folder, CancellationToken cancellationToken)
    {
        var selections = new List<CopySelection>();
        foreach (var copy in step.Copies)
        {
            selections.Add(await sources.SelectAsync(copy, cancellationToken));
        }

        return Compose(lower, folder, composer =>
        {
            foreach (var selection in selections)
            {
                CopyStepRunner.Copy(selection, lower, composer, Path.Combine(folder, "archives"), cancellationToken);
            }
        });
    }

    private static void MakeWorkdir(WorkdirStep step, ImmutableArray<string> lower, LayerComposer composer)
    {
        var view = new UnionView(lower);
        var path = view.Resolve(step.Path, out var entry);
        if (entry is not { IsDirectory: true })
        {
            composer.MakeDirectory(path, ImageUsers.FindOrRoot(view, step.User, step.Location));
        }
    }

    private static string Compose(ImmutableArray<string> lower, string folder, Action<LayerComposer> write)
    {
        var layer = Path.Combine(folder, "layer");
        Directory.CreateDirectory(layer);
        LayerComposer.Write(new UnionView(lower), layer, ComposedTime, write);
        return layer;
    }

    private static bool IsEmpty(string folder) => !Directory.EnumerateFileSystemEntries(folder).Any();
}
