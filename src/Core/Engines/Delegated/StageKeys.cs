using System.Collections.Immutable;
using ContainerStages.Caching;
using ContainerStages.Planning;

namespace ContainerStages.Engines;

/// <summary>
/// Names stages that another engine makes by everything that goes into them, so that what was read of them once is known again without it.
/// The commands are the embedded engine's keys; what a stage copies of other stages counts by their names, because nobody here has read it.
/// </summary>
internal sealed class StageKeys(EngineServices services, CopySources sources, StepRunners runners, Func<ImageBase, LayerStack> image)
{
    private readonly Dictionary<StagePlan, StackKey?> keys = new(ReferenceEqualityComparer.Instance);

    /// <summary>The name of a stage that was found.</summary>
    public string? Of(StagePlan stage) => keys.GetValueOrDefault(stage)?.Hex;

    /// <summary>Finds the names of stages, each after those it uses.</summary>
    /// <param name="isForecast">True: nothing is fetched, and a stage that needs it has no name yet.</param>
    public async Task FindAsync(IEnumerable<StagePlan> stages, bool isForecast, CancellationToken cancellationToken)
    {
        foreach (var stage in stages)
        {
            if (!keys.ContainsKey(stage))
            {
                keys.Add(stage, await FindAsync(stage, isForecast, cancellationToken));
            }
        }
    }

    private async Task<StackKey?> FindAsync(StagePlan stage, bool isForecast, CancellationToken cancellationToken)
    {
        var start = stage.Base switch
        {
            ImageBase other => image(other).Key,
            StageBase other => keys[other.Stage],
            _ => CacheKey.EmptyStack,
        };
        if (start is not { } stack)
        {
            return null;
        }

        foreach (var step in stage.Steps)
        {
            if (step is RunStep run)
            {
                runners.RequireAllowed(run);
            }

            if (await ContentsAsync(step, isForecast, cancellationToken) is not { } contents)
            {
                return null;
            }

            stack = CacheKey.Stack(stack, runners.KeyOf(step, stack, contents).Layer);
        }

        return services.Request.Policy.IsRunAgain(stage.Name) ? CacheKey.Stack(stack, CacheKey.Fresh(new StepKey(stack.Hex))) : stack;
    }

    private async Task<IReadOnlyList<string>?> ContentsAsync(PlanStep step, bool isForecast, CancellationToken cancellationToken)
    {
        var contents = new List<string>();
        foreach (var copy in step.Reads)
        {
            var content = copy.From switch
            {
                FromStage other => keys[other.Stage] is { } key ? CacheKey.Selection(key, copy).Hex : null,
                FromImage other => CacheKey.Selection(image(other.Image).Key, copy).Hex,
                _ when isForecast => await sources.FindDigestAsync(copy, cancellationToken),
                _ => await sources.DigestAsync(copy, cancellationToken),
            };
            if (content is null)
            {
                return null;
            }

            contents.Add(content);
        }

        return contents;
    }
}
