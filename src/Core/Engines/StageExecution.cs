using System.Collections.Immutable;
using System.Diagnostics;
using ContainerStages.Contracts;
using ContainerStages.Layers;
using ContainerStages.Planning;

namespace ContainerStages.Engines;

/// <summary>
/// One stage of a running build: goes through the steps by key, running only what no earlier build has run, and knows the stack of layers
/// after each. Folders are made only when a step that runs needs them.
/// </summary>
internal sealed class StageExecution(StagePlan stage, LayerStack start, EngineServices services, StepRunners runners)
{
    private readonly List<(PlanStep Step, bool Empty)> finished = [];

    private readonly bool noCache = services.Options.NoCache || services.Options.NoCacheStages.Contains(stage.Name);

    public StagePlan Stage { get; } = stage;

    /// <summary>True once a step had to run.</summary>
    public bool Worked { get; private set; }

    /// <summary>For each step, in order, whether it left the files as they were.</summary>
    public IReadOnlyList<bool> EmptySteps => [.. finished.Select(step => step.Empty)];

    public async Task<LayerStack> ExecuteAsync(CancellationToken cancellationToken)
    {
        var stack = start;
        foreach (var step in Stage.Steps)
        {
            var result = await ExecuteStepAsync(step, stack, cancellationToken);
            finished.Add((step, result.Empty));
            stack = result.Empty ? stack.After(result.Layer) : stack.Push(LayerOf(step, stack, result.Layer));
        }

        return stack;
    }

    private async Task<StepResult> ExecuteStepAsync(PlanStep step, LayerStack stack, CancellationToken cancellationToken)
    {
        var id = services.NextStepId();
        var key = await runners.KeyAsync(step, stack, cancellationToken);
        var known = noCache ? null : services.Records.FindStep(key);
        if (known is not null)
        {
            services.Events.Report(new StepStarted(id, Stage.Name, step.Title));
            services.Events.Report(new StepFinished(id, StepOutcome.Cached, 0));
            return known;
        }

        services.RequirePrivileges();
        Worked = true;

        // Pulling the base is a step of its own; this one's time begins when it can.
        await stack.EnsureAsync(services.Snapshots, cancellationToken);
        var watch = Stopwatch.StartNew();
        services.Events.Report(new StepStarted(id, Stage.Name, step.Title));
        try
        {
            var result = await runners.RunAsync(step, stack, noCache ? CacheKey.Fresh(key) : key, id, cancellationToken);
            services.Records.SaveStep(key, result);
            services.Events.Report(new StepFinished(id, StepOutcome.Done, watch.ElapsedMilliseconds));
            return result;
        }
        catch
        {
            services.Events.Report(new StepFinished(id, StepOutcome.Failed, watch.ElapsedMilliseconds));
            throw;
        }
    }

    private StepLayer LayerOf(PlanStep step, LayerStack below, string layer) => new(
        layer,
        make: token => runners.RunAsync(step, below, layer, services.NextStepId(), token),
        export: token => ExportAsync(step, below, layer, token));

    private async Task<Layer> ExportAsync(PlanStep step, LayerStack below, string id, CancellationToken cancellationToken)
    {
        var options = services.Options;
        var key = $"{id}-{options.Format}-{options.Epoch}" + (options is { Compression: LayerCompression.Gzip, CompressionLevel: null } ? "" : $"-{options.Compression}{options.CompressionLevel}");
        if (services.Records.FindLayer(key) is { } known && services.Content.Contains(known.Descriptor.Digest))
        {
            return known;
        }

        services.RequirePrivileges();
        if (!services.Snapshots.Exists(id))
        {
            await runners.RunAsync(step, below, id, services.NextStepId(), cancellationToken);
        }

        var layer = await runners.WriteLayerAsync(services.Snapshots.PathOf(id), cancellationToken);
        services.Records.SaveLayer(key, layer);
        services.Sizes.Record(layer.DiffId, layer.Size);
        return layer;
    }
}
