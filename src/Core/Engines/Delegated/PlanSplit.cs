using System.Collections.Immutable;
using ContainerStages.Planning;

namespace ContainerStages.Engines;

/// <summary>What a stage that stays here takes of one that another engine makes.</summary>
/// <param name="Stage">The other engine's.</param>
/// <param name="Copy">What it takes.</param>
/// <param name="WithFiles">False for a mount of a command that runs there too: nobody here reads its files.</param>
internal sealed record StageRead(StagePlan Stage, PlannedCopy Copy, bool WithFiles);

/// <summary>
/// A plan in two parts: the stages that run commands, and what only they need, for another engine; and the rest, which is put together
/// here. The target and the stages that it stands on stay here in any case: where they run commands, the other engine gives the layer of
/// each command.
/// </summary>
internal sealed class PlanSplit
{
    private readonly HashSet<StagePlan> elsewhere = new(ReferenceEqualityComparer.Instance);

    private PlanSplit(BuildPlan plan)
    {
        Plan = plan;
        Image = [.. Below(plan.Target)];
        foreach (var stage in plan.Stages.Where(stage => !Image.Contains(stage, ReferenceEqualityComparer.Instance)))
        {
            if (stage.Steps.Any(step => step is RunStep) || stage.Base is StageBase { Stage: var below } && elsewhere.Contains(below))
            {
                elsewhere.Add(stage);
            }
        }

        Here = [.. Needed([plan.Target], stage => !elsewhere.Contains(stage))];
        Reads = [.. Here.SelectMany(stage => stage.Steps).SelectMany(step => step.Reads.Select(copy => (Step: step, Copy: copy)))
            .Where(read => read.Copy.From is FromStage other && elsewhere.Contains(other.Stage))
            .Select(read => new StageRead(((FromStage)read.Copy.From).Stage, read.Copy, read.Step is CopyStep))];
        LastCommand = Image.LastOrDefault(stage => stage.Steps.Any(step => step is RunStep));
    }

    public BuildPlan Plan { get; }

    /// <summary>The target and the stages under it, from the lowest up.</summary>
    public ImmutableArray<StagePlan> Image { get; }

    /// <summary>What is put together here, each stage after those it uses.</summary>
    public ImmutableArray<StagePlan> Here { get; }

    /// <summary>What the stages here take of the other engine's.</summary>
    public ImmutableArray<StageRead> Reads { get; }

    /// <summary>The stage of the image that has its last command; null where the image is made of files alone.</summary>
    public StagePlan? LastCommand { get; }

    /// <summary>True where another engine has something to do.</summary>
    public bool NeedsEngine => LastCommand is not null || !Reads.IsEmpty;

    public static PlanSplit Of(BuildPlan plan) => new(plan);

    /// <summary>True for a stage of which the other engine makes the files.</summary>
    public bool IsElsewhere(StagePlan stage) => elsewhere.Contains(stage);

    /// <summary>What the other engine must know to make the stages, each after those it uses.</summary>
    public ImmutableArray<StagePlan> StagesFor(IEnumerable<StagePlan> wanted) => [.. Needed([.. wanted], _ => true)];

    /// <summary>The part that stays here: what it takes of the other engine's stages is named by their keys.</summary>
    /// <param name="keyOf">Names a stage by all that it is made of; null where that is not known.</param>
    public LocalPlan Rewrite(Func<StagePlan, string?> keyOf) => new(this, keyOf);

    private static IEnumerable<StagePlan> Below(StagePlan stage) =>
        stage.Base is StageBase { Stage: var below } ? Below(below).Append(stage) : [stage];

    private IEnumerable<StagePlan> Needed(IReadOnlyCollection<StagePlan> wanted, Func<StagePlan, bool> goesOn)
    {
        var needed = new HashSet<StagePlan>(wanted, ReferenceEqualityComparer.Instance);
        foreach (var stage in Plan.Stages.Reverse().Where(needed.Contains))
        {
            needed.UnionWith(Uses(stage).Where(goesOn));
        }

        return Plan.Stages.Where(needed.Contains);
    }

    private static IEnumerable<StagePlan> Uses(StagePlan stage) =>
        stage.Steps.SelectMany(step => step.Reads).Select(
            copy => (copy.From as FromStage)?.Stage).Append((stage.Base as StageBase)?.Stage).OfType<StagePlan>();
}

/// <summary>The stages of a <see cref="PlanSplit"/> that stay here, as a plan of their own.</summary>
internal sealed class LocalPlan
{
    private readonly Dictionary<StagePlan, StagePlan> stages = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<RunStep, RunStep> commands = new(ReferenceEqualityComparer.Instance);
    private readonly PlanSplit split;
    private readonly Func<StagePlan, string?> keyOf;

    internal LocalPlan(PlanSplit split, Func<StagePlan, string?> keyOf)
    {
        (this.split, this.keyOf) = (split, keyOf);
        foreach (var stage in split.Here)
        {
            stages.Add(stage, Rewrite(stage));
        }

        Plan = split.Plan with { Stages = [.. split.Here.Select(stage => stages[stage])] };
    }

    public BuildPlan Plan { get; }

    /// <summary>By a command of the plan here, the same command as it was.</summary>
    public IReadOnlyDictionary<RunStep, RunStep> Commands => commands;

    private StagePlan Rewrite(StagePlan stage) => stage with
    {
        Base = stage.Base is StageBase other ? new StageBase(stages[other.Stage]) : stage.Base,
        Steps = [.. stage.Steps.Select(Rewrite)],
    };

    private PlanStep Rewrite(PlanStep step)
    {
        switch (step)
        {
            case CopyStep copy:
                return copy with { Copies = [.. copy.Copies.Select(one => Rewrite(one, withFiles: true))] };
            case RunStep run:
                var rewritten = run with { Mounts = [.. run.Mounts.Select(Rewrite)] };
                commands.Add(rewritten, run);
                return rewritten;
            default:
                return step;
        }
    }

    private PlannedMount Rewrite(PlannedMount mount) => mount switch
    {
        PlannedBind bind => bind with { Files = Rewrite(bind.Files, withFiles: false) },
        PlannedCache { Files: { } files } cache => cache with { Files = Rewrite(files, withFiles: false) },
        _ => mount,
    };

    private PlannedCopy Rewrite(PlannedCopy copy, bool withFiles)
    {
        if (copy.From is not FromStage { Stage: var stage })
        {
            return copy;
        }

        if (!split.IsElsewhere(stage))
        {
            return copy with { From = new FromStage(stages[stage]) };
        }

        var key = keyOf(stage);
        return copy with
        {
            From = new FromElsewhere(stage.Name, key, withFiles),
            Sources = key is null ? copy.Sources : [.. copy.Sources.Select(source => GatheredPath.Of(key, source, copy.Parents))],
        };
    }
}
