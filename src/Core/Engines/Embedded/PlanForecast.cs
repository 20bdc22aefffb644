using System.Collections.Immutable;
using ContainerStages.Caching;
using ContainerStages.Images;
using ContainerStages.Planning;
using ContainerStages.Snapshots;

namespace ContainerStages.Engines;

/// <summary>
/// Goes through the steps of all plans by key as a build does, and stops where a result is not known: nothing runs, and nothing is fetched.
/// </summary>
internal sealed class PlanForecast
{
    private readonly Dictionary<StagePlan, LayerStack?> stacks = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<StagePlan, IReadOnlyList<bool>> empty = new(ReferenceEqualityComparer.Instance);
    private readonly EngineServices services;
    private readonly StepRunners runners;
    private readonly StageTitles titles;

    public PlanForecast(EngineServices services)
    {
        this.services = services;
        titles = new StageTitles(services.Request.Builds.Length);
        runners = new StepRunners(services, new CopySources(services, stage => Task.FromResult(stacks[stage]), StackOf));
    }

    public async Task<Forecast> LookAsync(CancellationToken cancellationToken)
    {
        var builds = ImmutableArray.CreateBuilder<ImmutableArray<StageForecast>>();
        foreach (var build in services.Request.Builds)
        {
            var stages = ImmutableArray.CreateBuilder<StageForecast>();
            foreach (var stage in build.Plan.Stages)
            {
                stages.Add(await LookAsync(stage, cancellationToken));
            }

            builds.Add(stages.ToImmutable());
        }

        return new Forecast(builds.ToImmutable(), await KnownAsync(builds, cancellationToken));
    }

    private async Task<StageForecast> LookAsync(StagePlan stage, CancellationToken cancellationToken)
    {
        var steps = ImmutableArray.CreateBuilder<StepForecast>();
        var unchanged = new List<bool>();
        var stack = stage.Base switch
        {
            ImageBase image => StackOf(image),
            StageBase other => stacks[other.Stage],
            _ => LayerStack.Empty,
        };
        if (services.Request.Policy.IsRunAgain(stage.Name))
        {
            stack = null;
        }

        // Files are hashed side by side.
        var contents = stack is null
            ? []
            : await Task.WhenAll(
                stage.Steps.Select(step => Task.Run(() => runners.FindContentsAsync(step, cancellationToken), cancellationToken)));
        foreach (var (index, step) in stage.Steps.Index())
        {
            var (forecast, result) = stack is null ? (Runs(step), null) : Look(step, stack, contents[index]);
            steps.Add(forecast);
            unchanged.Add(result is { Empty: true });
            stack = result is null ? null : result.Empty ? stack!.After(result.Layer) : stack!.Push(new KnownLayer(result.Layer, services));
        }

        stacks.Add(stage, stack);
        empty.Add(stage, unchanged);
        return new StageForecast(stage, titles.Of(stage), steps.ToImmutable());
    }

    /// <param name="contents">Null where they are not made, unpacked or downloaded yet.</param>
    private (StepForecast Forecast, StepResult? Result) Look(PlanStep step, LayerStack stack, IReadOnlyList<string>? contents)
    {
        if (contents is null)
        {
            return (Runs(step), null);
        }

        var key = runners.KeyOf(step, stack.Key, contents);
        var state = step.Reads.Any(copy => AsksServer(copy.From)) ? StepState.CachedIfUnchanged : StepState.Cached;
        return services.Memory.FindStep(key) is { } result
            ? (new StepForecast(step, state, key) { Layer = result.Layer }, result)
            : (Runs(step), null);
    }

    private bool AsksServer(CopySource source) => !services.Request.Policy.Offline && source switch
    {
        FromAddress address => address.Checksum is null,
        FromRepository repository => !repository.Repository.NamesCommit,
        _ => false,
    };

    /// <summary>The result, where every step and every layer of the targets is here, or shared by another machine.</summary>
    private async Task<ImmutableArray<ExecutedStage>?> KnownAsync(
        IReadOnlyList<ImmutableArray<StageForecast>> builds, CancellationToken cancellationToken)
    {
        var targets = services.Request.Builds.Select(build => build.Plan.Target).ToArray();
        var isKnown = builds.SelectMany(build => build).SelectMany(stage => stage.Steps).All(step => step.State == StepState.Cached)
            && targets.SelectMany(target => stacks[target]!.Layers).All(layer => layer is not KnownLayer { Stored: null });
        if (!isKnown)
        {
            return null;
        }

        var shared = targets.SelectMany(target => stacks[target]!.Layers).OfType<KnownLayer>().Select(layer => layer.Stored!)
            .DistinctBy(layer => layer.Descriptor.Digest);
        if ((await Task.WhenAll(shared.Select(layer => services.Shared.FetchAsync(layer, cancellationToken)))).Contains(false))
        {
            return null;
        }

        var known = ImmutableArray.CreateBuilder<ExecutedStage>();
        foreach (var target in targets)
        {
            var history = StageHistory.Of(target, stage => empty[stage], services.Request.Form.Epoch);
            known.Add(new ExecutedStage(
                [.. await Task.WhenAll(stacks[target]!.Layers.Select(layer => layer.ExportAsync(cancellationToken)))],
                history,
                AllCached: true));
        }

        return known.ToImmutable();
    }

    private static StepForecast Runs(PlanStep step) => new(step, StepState.Runs, null);

    private LayerStack StackOf(ImageBase image) => new PulledBase(image, keepBlobs: false, services).Stack();

    /// <summary>A layer that an earlier build made. A forecast has no use for its folder.</summary>
    private sealed class KnownLayer(SnapshotId id, EngineServices services) : StackLayer(id)
    {
        public Layers.Layer? Stored { get; } = services.FindLayer(id);

        public override Task EnsureAsync(CancellationToken cancellationToken) =>
            throw new InvalidOperationException("A forecast makes no layer.");

        public override Task<ImageLayer> ExportAsync(CancellationToken cancellationToken) => Task.FromResult(new ImageLayer(Stored!, null));
    }
}
