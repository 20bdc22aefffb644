using System.Collections.Immutable;
using System.Diagnostics;
using System.Runtime.ExceptionServices;
using ContainerStages.Caching;
using ContainerStages.Concurrency;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Layers;
using ContainerStages.Planning;
using ContainerStages.Snapshots;

namespace ContainerStages.Engines;

/// <summary>
/// One stage of a running build: goes through the steps by key, running only what no earlier build has run, and knows the stack of layers
/// after each. Folders are made only when a step that runs needs them.
/// </summary>
internal sealed class StageExecution(
    StagePlan stage, LayerStack start, EngineServices services, StepRunners runners, SharedWork<SharedStep, StepResult> shared)
{
    private static readonly TimeSpan UntoldExport = TimeSpan.FromMilliseconds(500);
    private readonly List<(PlanStep Step, bool Empty)> finished = [];
    private readonly bool noCache = services.Request.Policy.IsRunAgain(stage.Name);
    private bool sourcesReady;

    public StagePlan Stage { get; } = stage;

    /// <summary>The stage's name for people.</summary>
    public required string Title { get; init; }

    /// <summary>True for the stage of an image from which no other stage reads.</summary>
    public required bool IsOnlyExported { get; init; }

    /// <summary>True once a step had to run.</summary>
    public bool Worked { get; private set; }

    /// <summary>For each step, in order, whether it left the files as they were.</summary>
    public IReadOnlyList<bool> EmptySteps => [.. finished.Select(step => step.Empty)];

    public async Task<LayerStack> ExecuteAsync(CancellationToken cancellationToken)
    {
        await using var ahead = new StepsAhead(cancellationToken);
        try
        {
            var stack = await ExecuteStepsAsync(ahead);
            ahead.Complete();
            return stack;
        }
        catch (OperationCanceledException) when (ahead.Failure is { } failure && !cancellationToken.IsCancellationRequested)
        {
            ExceptionDispatchInfo.Throw(failure);
            throw;
        }
    }

    private async Task<LayerStack> ExecuteStepsAsync(StepsAhead ahead)
    {
        var stack = start;
        var prepared = Stage.Steps.Select(step => ahead.Start(token => PrepareAsync(step, token))).ToArray();
        for (var i = 0; i < prepared.Length; i++)
        {
            var step = Stage.Steps[i];
            var result = await FinishAsync(
                step, await prepared[i].WaitAsync(ahead.Token), stack, () => MakeSourcesReady(ahead, Stage.Steps[(i + 1)..]), ahead.Token);
            finished.Add((step, result.Empty));
            stack = result.Empty ? stack.After(result.Layer) : stack.Push(LayerOf(step, stack, result.Layer));
        }

        return stack;
    }

    /// <summary>Files of a context that changed since they were hashed are hashed again: the key stands for what is copied.</summary>
    private async Task<StepResult> FinishAsync(
        PlanStep step, PreparedStep prepared, LayerStack stack, Action begins, CancellationToken cancellationToken)
    {
        var result = await ChangingSources.RetryAsync(
            step.Location,
            async round =>
            {
                var input = round == 1 ? prepared : await PrepareAsync(step, cancellationToken);
                return input.Result
                    ?? await ExecuteStepAsync(step, runners.KeyOf(step, stack.Key, input.Contents), stack, begins, cancellationToken);
            },
            cancellationToken);
        runners.Release(step);
        return result;
    }

    private Task<PreparedStep> PrepareAsync(PlanStep step, CancellationToken cancellationToken) =>
        ChangingSources.RetryAsync(step.Location, _ => PrepareOnceAsync(step, cancellationToken), cancellationToken);

    /// <summary>
    /// What a step needs before its turn; of a linked copy that no build has made yet also the result, which nothing before it can change.
    /// </summary>
    private async Task<PreparedStep> PrepareOnceAsync(PlanStep step, CancellationToken cancellationToken)
    {
        var contents = await runners.ContentsAsync(step, cancellationToken);
        if (step is not CopyStep { Link: true })
        {
            return new PreparedStep(contents, null);
        }

        var key = runners.KeyOf(step, CacheKey.EmptyStack, contents);
        return new PreparedStep(
            contents, Known(key) is null ? await ExecuteStepAsync(step, key, LayerStack.Empty, () => { }, cancellationToken) : null);
    }

    /// <summary>
    /// A stage in which one step had to run will run the others too: what they read from is pulled and unpacked meanwhile.
    /// </summary>
    private void MakeSourcesReady(StepsAhead ahead, ImmutableArray<PlanStep> steps)
    {
        if (!sourcesReady)
        {
            sourcesReady = true;
            foreach (var step in steps.Where(step => step is not CopyStep { Link: true }))
            {
                _ = ahead.Start(token => runners.EnsureSourcesAsync(step, token));
            }
        }
    }

    private StepResult? Known(StepKey key) => noCache ? null : services.Memory.FindStep(key);

    private Task<StepResult> ExecuteStepAsync(
        PlanStep step, StepKey key, LayerStack stack, Action begins, CancellationToken cancellationToken) =>
        shared.DoAsync(new SharedStep(key, noCache), token => ExecuteOnceAsync(step, key, stack, begins, token), cancellationToken);

    private async Task<StepResult> ExecuteOnceAsync(
        PlanStep step, StepKey key, LayerStack stack, Action begins, CancellationToken cancellationToken)
    {
        var id = services.NextStepId();
        if (Known(key) is { } known)
        {
            ProgressStep.Cached(services.Events, id, Title, step.Title);
            return known;
        }

        Worked = true;
        begins();

        // Pulling the base is a step of its own; this one's time begins when it can.
        var lower = await stack.EnsureAsync(services.Snapshots, cancellationToken);
        return await ReportedAsync(id, step.Title, Stopwatch.StartNew(), async () =>
        {
            var layer = noCache ? CacheKey.Fresh(key) : key.Layer;
            var (result, isMade) = IsForImageAlone(step) && !services.Snapshots.Exists(layer)
                ? (await WriteStraightAsync((CopyStep)step, lower, layer, cancellationToken), true)
                : await runners.RunAsync(step, lower, layer, id, cancellationToken);
            services.Memory.SaveStep(key, result);
            return (result, isMade ? StepOutcome.Done : StepOutcome.Cached);
        });
    }

    /// <summary>True where nothing reads the step's files: they go into the image, and no folder is needed.</summary>
    private bool IsForImageAlone(PlanStep step) =>
        IsOnlyExported
        && StepRunners.CanWriteStraight(step)
        && Stage.Steps.SkipWhile(one => one != step).Skip(1).All(later => later is CopyStep { Link: true });

    private async Task<StepResult> WriteStraightAsync(
        CopyStep step, ImmutableArray<string> lower, SnapshotId id, CancellationToken cancellationToken)
    {
        var layer = await runners.WriteStraightAsync(step, lower, cancellationToken);
        if (layer is not null)
        {
            Remember(id, layer);
        }

        return new StepResult(id, Empty: layer is null);
    }

    /// <summary>Makes the layer of a step again, where only its name is left.</summary>
    private async Task MakeAsync(PlanStep step, LayerStack below, SnapshotId layer, CancellationToken cancellationToken)
    {
        if (!noCache && await services.Shared.UnpackAsync(layer, step.Title, cancellationToken))
        {
            return;
        }

        var lower = step is CopyStep { Link: true } ? [] : await below.EnsureAsync(services.Snapshots, cancellationToken);
        await runners.RunAsync(step, lower, layer, services.NextStepId(), cancellationToken);
    }

    private StepLayer LayerOf(PlanStep step, LayerStack below, SnapshotId layer) => new(
        layer,
        make: token => MakeAsync(step, below, layer, token),
        export: token => ExportAsync(step, below, layer, token));

    private async Task<Layer> ExportAsync(PlanStep step, LayerStack below, SnapshotId id, CancellationToken cancellationToken)
    {
        if (services.FindLayer(id) is { } known && await services.Shared.FetchAsync(known, cancellationToken))
        {
            return known;
        }

        if (!services.Snapshots.Exists(id))
        {
            await MakeAsync(step, below, id, cancellationToken);
        }

        var layer = await TellingAsync(step, runners.WriteLayerAsync(step, services.Snapshots.PathOf(id), cancellationToken));
        Remember(id, layer);
        return layer;
    }

    private void Remember(SnapshotId id, Layer layer)
    {
        services.Memory.SaveLayer(services.Request.Form.KeyOf(id), layer);
        services.Sizes.Record(layer.DiffId, layer.Size);
    }

    /// <summary>
    /// A layer that takes its time to compress is a line of its own: between its step and the push nothing else would tell of it.
    /// </summary>
    private async Task<Layer> TellingAsync(PlanStep step, Task<Layer> writing)
    {
        var watch = Stopwatch.StartNew();
        if (await Task.WhenAny(writing, Task.Delay(UntoldExport, CancellationToken.None)) == writing)
        {
            return await writing;
        }

        return await ReportedAsync(
            services.NextStepId(), $"export layer of {step.Title}", watch, async () => (await writing, StepOutcome.Done));
    }

    /// <summary>Tells when <paramref name="work"/> begins, and how it ended after the time of <paramref name="watch"/>.</summary>
    private async Task<T> ReportedAsync<T>(string id, string title, Stopwatch watch, Func<Task<(T Result, StepOutcome Outcome)>> work)
    {
        var step = ProgressStep.Begin(services.Events, id, Title, title, watch);
        try
        {
            var (result, outcome) = await work();
            step.Finish(outcome);
            return result;
        }
        catch (SourceChangedException changed)
        {
            services.Events.Report(new OutputLine(id, $"'{changed.Path}' changed while it was read.", IsError: false));
            step.Finish(StepOutcome.Skipped);
            throw;
        }
        catch
        {
            step.Finish(StepOutcome.Failed);
            throw;
        }
    }
}

/// <summary>
/// What stages have in common, such as the builder of an image for several platforms, runs once. A step that must run again has nothing in
/// common with one that need not.
/// </summary>
internal readonly record struct SharedStep(StepKey Key, bool NoCache);

/// <summary>What a step reads, as digests; and its result where that is known already.</summary>
internal sealed record PreparedStep(IReadOnlyList<string> Contents, StepResult? Result);
