using System.Collections.Immutable;
using ContainerStages.Content;
using ContainerStages.Diagnostics;
using ContainerStages.Oci;
using ContainerStages.Planning;
using ContainerStages.Sandboxing;

namespace ContainerStages.Engines;

/// <summary>
/// Carries out plans in this process: stages side by side, each step found by its key in the store or run in a sandbox on overlay layers.
/// </summary>
public sealed class EmbeddedEngine(EngineOptions options, IBlobSource blobs, ISandbox sandbox, IBuildEvents events) : IEngine
{
    public async Task<ImmutableArray<ExecutedStage>> ExecuteAsync(ImmutableArray<BuildPlan> plans, CancellationToken cancellationToken)
    {
        using var services = new EngineServices(options, blobs, sandbox, events);
        if (options.MayExecute)
        {
            services.RemoveAbandoned();
        }

        using var failure = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var build = new PlanExecution(plans, services);
        var stages = build.StartAll(failure.Token);
        await FirstFailureStopsAllAsync(stages, failure);
        var executed = new List<ExecutedStage>();
        foreach (var plan in plans)
        {
            var target = await build.StageAsync(plan.Target);
            executed.Add(new ExecutedStage(await ExportAsync(target, cancellationToken), build.History(plan.Target), !build.Worked));
        }

        return [.. executed];
    }

    /// <summary>All layers of the stack, of which one that stands in it several times is written once.</summary>
    private static async Task<ImmutableArray<ExecutedLayer>> ExportAsync(LayerStack stack, CancellationToken cancellationToken)
    {
        var exports = stack.Layers.DistinctBy(layer => layer.Id).ToDictionary(layer => layer.Id, layer => layer.ExportAsync(cancellationToken), StringComparer.Ordinal);
        return [.. await Task.WhenAll(stack.Layers.Select(layer => exports[layer.Id]))];
    }

    /// <summary>Waits for all; a stage that fails stops the others, and its failure is the build's. What was only stopped by it says nothing.</summary>
    private static async Task FirstFailureStopsAllAsync(IReadOnlyList<Task> stages, CancellationTokenSource failure)
    {
        var left = stages.ToList();
        var ended = new List<Task>();
        while (left.Count > 0)
        {
            var done = await Task.WhenAny(left);
            left.Remove(done);
            ended.Add(done);
            if (!done.IsCompletedSuccessfully)
            {
                await failure.CancelAsync();
            }
        }

        await (ended.Find(stage => stage.IsFaulted) ?? ended.Find(stage => stage.IsCanceled) ?? Task.CompletedTask);
    }
}
