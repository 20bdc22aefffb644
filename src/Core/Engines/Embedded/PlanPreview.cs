using System.Collections.Immutable;
using ContainerStages.Content;
using ContainerStages.Diagnostics;
using ContainerStages.Planning;
using ContainerStages.Sandboxing;

namespace ContainerStages.Engines;

/// <summary>A step of a plan, and whether its result is known.</summary>
public sealed record PreviewedStep(PlanStep Step, bool IsCached);

/// <summary>
/// Finds out which steps of a plan would run: looks up what is known, runs nothing, fetches nothing. A step after one that must run counts as one that
/// must run: what it would find is not known yet.
/// </summary>
public sealed class PlanPreview : IDisposable
{
    private readonly Dictionary<StagePlan, LayerStack?> stacks = new(ReferenceEqualityComparer.Instance);
    private readonly EngineServices services;
    private readonly StepRunners runners;

    public PlanPreview(EngineOptions options, IBlobSource blobs, ISandbox sandbox)
    {
        services = new EngineServices(options with { Offline = true, MayExecute = false }, blobs, sandbox, NoBuildEvents.Instance);
        runners = new StepRunners(services, new CopySources(services, stage => Task.FromResult(stacks[stage] ?? throw new PrivilegesNeededException()), image => StackOf(image)));
    }

    /// <summary>The steps of each stage of the plan, in their order.</summary>
    public async Task<ImmutableArray<ImmutableArray<PreviewedStep>>> LookAsync(BuildPlan plan, CancellationToken cancellationToken)
    {
        var stages = ImmutableArray.CreateBuilder<ImmutableArray<PreviewedStep>>();
        foreach (var stage in plan.Stages)
        {
            stages.Add(await LookAsync(stage, cancellationToken));
        }

        return stages.ToImmutable();
    }

    private async Task<ImmutableArray<PreviewedStep>> LookAsync(StagePlan stage, CancellationToken cancellationToken)
    {
        var steps = ImmutableArray.CreateBuilder<PreviewedStep>();
        var stack = stage.Base switch
        {
            ImageBase image => StackOf(image),
            StageBase other => stacks[other.Stage],
            _ => LayerStack.Empty,
        };
        var runsAll = services.Options.NoCache || services.Options.NoCacheStages.Contains(stage.Name);
        foreach (var step in stage.Steps)
        {
            var known = stack is null || runsAll ? null : await FindAsync(step, stack, cancellationToken);
            steps.Add(new PreviewedStep(step, known is not null));
            stack = known is null ? null : known.Empty ? stack!.After(known.Layer) : stack!.Push(new StepLayer(known.Layer, _ => throw new PrivilegesNeededException(), _ => throw new PrivilegesNeededException()));
        }

        stacks.Add(stage, stack);
        return steps.ToImmutable();
    }

    private async Task<StepResult?> FindAsync(PlanStep step, LayerStack stack, CancellationToken cancellationToken)
    {
        try
        {
            var contents = await runners.ContentsAsync(step, cancellationToken);
            return services.Records.FindStep(runners.KeyOf(step, stack.Key, contents));
        }
        catch (PrivilegesNeededException)
        {
            // Its key needs files that are not made or unpacked yet.
            return null;
        }
        catch (BuildFailedException failure) when (OfflineDiagnostics.IsNetworkNeeded(failure))
        {
            // Its key needs a file that was never downloaded.
            return null;
        }
    }

    public void Dispose() => services.Dispose();

    private LayerStack StackOf(ImageBase image) => new PulledBase(image, keepBlobs: false, services).Stack();
}
