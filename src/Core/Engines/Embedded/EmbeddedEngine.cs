using System.Collections.Immutable;
using ContainerStages.Caching;
using ContainerStages.Images;
using ContainerStages.Content;
using ContainerStages.Diagnostics;
using ContainerStages.Sandboxing;

namespace ContainerStages.Engines;

/// <summary>
/// Carries out plans in this process: stages side by side, each step found by its key in the store or run in a sandbox on overlay layers.
/// </summary>
/// <param name="fetching">The store, and how files of other servers get into it.</param>
/// <param name="memory">What earlier builds found out.</param>
/// <param name="blobs">Layers of images.</param>
/// <param name="sandbox">Runs commands.</param>
/// <param name="events">Steps and their output.</param>
internal sealed class EmbeddedEngine(
    SourceFetching fetching, IStepMemory memory, IBlobSource blobs, ISandbox sandbox, IBuildEvents events) : IEngine
{
    public string Name => "embedded";

    /// <summary>The engine that runs the commands in place of this one's sandbox; or null.</summary>
    internal IElsewhere? Elsewhere { get; init; }

    public Task<EngineProbe> ProbeAsync(CancellationToken cancellationToken) =>
        Task.FromResult(new EngineProbe(UserNamespace.FindProblem()?.Diagnostics[0]));

    public async Task<Forecast> ForecastAsync(EngineRequest request, CancellationToken cancellationToken)
    {
        using var services = new EngineServices(
            request,
            fetching with { Offline = true },
            memory,
            blobs,
            sandbox,
            events) { Elsewhere = Elsewhere };
        return await new PlanForecast(services).LookAsync(cancellationToken);
    }

    public async Task<ImmutableArray<ExecutedStage>> ExecuteAsync(EngineRequest request, CancellationToken cancellationToken)
    {
        using var services = new EngineServices(request, fetching, memory, blobs, sandbox, events) { Elsewhere = Elsewhere };
        services.RemoveAbandoned();
        using var failure = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var build = new PlanExecution(services);
        var stages = build.StartAll(failure.Token);
        await FirstFailureStopsAllAsync(stages, failure);
        var executed = new List<ExecutedStage>();
        foreach (var target in request.Builds.Select(one => one.Plan.Target))
        {
            executed.Add(new ExecutedStage(
                await ExportAsync(await build.StageAsync(target), cancellationToken), build.History(target), !build.Worked));
        }

        return [.. executed];
    }

    /// <summary>All layers of the stack, of which one that stands in it several times is written once.</summary>
    private static async Task<ImmutableArray<ImageLayer>> ExportAsync(LayerStack stack, CancellationToken cancellationToken)
    {
        var exports = stack.Layers.DistinctBy(layer => layer.Id)
            .ToDictionary(layer => layer.Id, layer => layer.ExportAsync(cancellationToken));
        return [.. await Task.WhenAll(stack.Layers.Select(layer => exports[layer.Id]))];
    }

    /// <summary>
    /// Waits for all; a stage that fails stops the others, and its failure is the build's. What was only stopped by it says nothing.
    /// </summary>
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
