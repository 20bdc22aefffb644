using System.Collections.Immutable;
using ContainerStages.Caching;
using ContainerStages.Concurrency;
using ContainerStages.Oci;
using ContainerStages.Planning;

namespace ContainerStages.Engines;

/// <summary>
/// All stages of one plan, or of the plans for several platforms, while they run; each starts at once and waits only where it reads from
/// another.
/// </summary>
internal sealed class PlanExecution
{
    private readonly Dictionary<StagePlan, Task<LayerStack>> running = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<StagePlan, StageExecution> executions = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<string, PulledBase> bases = new(StringComparer.Ordinal);
    private readonly ImmutableArray<BuildPlan> plans;
    private readonly StageTitles titles;
    private readonly EngineServices services;
    private readonly StepRunners runners;
    private readonly SharedWork<SharedStep, StepResult> shared = new(remember: true);
    private readonly HashSet<string> targetBases;
    private readonly HashSet<StagePlan> readByOthers;

    public PlanExecution(EngineServices services)
    {
        this.services = services;
        plans = [.. services.Request.Builds.Select(build => build.Plan)];
        titles = new StageTitles(plans.Length);
        targetBases = [.. plans.Select(plan => plan.BaseImage?.Reference.ToString()).OfType<string>()];
        readByOthers = new HashSet<StagePlan>(plans.SelectMany(plan => plan.Stages).SelectMany(ReadBy), ReferenceEqualityComparer.Instance);
        runners =
            new StepRunners(services, new CopySources(services, async stage => await StageAsync(stage), image => BaseOf(image).Stack()));
    }

    public bool Worked => executions.Values.Any(execution => execution.Worked);

    /// <summary>Starts every stage, those that others read from first.</summary>
    public IReadOnlyList<Task> StartAll(CancellationToken cancellationToken)
    {
        lock (running)
        {
            foreach (var stage in plans.SelectMany(plan => plan.Stages))
            {
                running.Add(stage, Task.Run(() => ExecuteAsync(stage, cancellationToken), CancellationToken.None));
            }

            return [.. running.Values];
        }
    }

    /// <summary>The stack of a stage once it is known.</summary>
    public Task<LayerStack> StageAsync(StagePlan stage)
    {
        lock (running)
        {
            return running[stage];
        }
    }

    /// <summary>The history of a target, once it is done.</summary>
    public ImmutableArray<HistoryEntry> History(StagePlan stage) =>
        StageHistory.Of(stage, one => executions[one].EmptySteps, services.Request.Form.Epoch);

    private async Task<LayerStack> ExecuteAsync(StagePlan stage, CancellationToken cancellationToken)
    {
        var start = stage.Base switch
        {
            ImageBase image => BaseOf(image).Stack(),
            StageBase other => await StageAsync(other.Stage).WaitAsync(cancellationToken),
            _ => LayerStack.Empty,
        };
        var execution = new StageExecution(stage, start, services, runners, shared)
        {
            Title = titles.Of(stage),
            IsOnlyExported = !readByOthers.Contains(stage),
        };
        lock (executions)
        {
            executions.Add(stage, execution);
        }

        return await execution.ExecuteAsync(cancellationToken);
    }

    private static IEnumerable<StagePlan> ReadBy(StagePlan stage)
    {
        var sources =
            stage.Steps.SelectMany(step => step.Reads).Select(copy => copy.From).OfType<FromStage>().Select(source => source.Stage);
        return stage.Base is StageBase other ? sources.Append(other.Stage) : sources;
    }

    private PulledBase BaseOf(ImageBase image)
    {
        lock (bases)
        {
            var name = image.Reference.ToString();
            if (!bases.TryGetValue(name, out var pulled))
            {
                bases.Add(name, pulled = new PulledBase(image, keepBlobs: targetBases.Contains(name), services));
            }

            return pulled;
        }
    }
}
