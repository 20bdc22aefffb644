namespace ContainerStages.Caching;

/// <summary>What became of one input. A value that is null was not there.</summary>
internal sealed record InputChange(StepInput? Before, StepInput? After)
{
    public InputKind Kind => (After ?? Before)!.Kind;

    public string Name => (After ?? Before)!.Name;
}

/// <summary>Finds what changed of the inputs of a step since an earlier build.</summary>
/// <param name="before">That build.</param>
/// <param name="now">All steps of this one.</param>
internal sealed class InputComparison(BuildInputs before, IReadOnlyCollection<StepInputs> now)
{
    /// <summary>What changed, in the order of importance; null where the earlier build had no such step.</summary>
    public IReadOnlyList<InputChange>? Compare(StepInputs step)
    {
        if (Partner(step) is not { } earlier)
        {
            return null;
        }

        var files = Files(earlier.Files, step.Files);
        var others = Changes(earlier.Inputs, step.Inputs)
            .Where(change => files.Count == 0 || change.Kind != InputKind.Source || !IsOfContext(change));
        if (earlier.Title != step.Title)
        {
            others = others.Where(change => change.Kind != InputKind.Instruction)
                .Prepend(new InputChange(Written(earlier.Title), Written(step.Title)));
        }

        return [.. others.OrderBy(change => change.Kind), .. files];
    }

    /// <summary>The step as written there; else the one in its place, where that is not found here in another place.</summary>
    private StepInputs? Partner(StepInputs step)
    {
        var there = before.Steps.Where(one => one.Stage == step.Stage).ToArray();
        return there.OrderBy(one => Math.Abs(one.Number - step.Number)).FirstOrDefault(one => one.Title == step.Title)
            ?? there.FirstOrDefault(one => one.Number == step.Number
                && KeywordOf(one) == KeywordOf(step)
                && !now.Any(other => other.Stage == step.Stage && other.Title == one.Title));
    }

    private static StepInput Written(string title) => new(InputKind.Instruction, "", title);

    private static string KeywordOf(StepInputs step) => step.Title.Split(' ')[0];

    private static IEnumerable<InputChange> Changes(IReadOnlyList<StepInput> before, IReadOnlyList<StepInput> after)
    {
        var left = before.DistinctBy(Key).ToDictionary(Key);
        foreach (var input in after.DistinctBy(Key))
        {
            if (!left.Remove(Key(input), out var old) || old.Value != input.Value)
            {
                yield return new InputChange(old, input);
            }
        }

        foreach (var gone in left.Values)
        {
            yield return new InputChange(gone, null);
        }

        static (InputKind, string) Key(StepInput input) => (input.Kind, input.Name);
    }

    private static List<InputChange> Files(IReadOnlyDictionary<string, string>? before, IReadOnlyDictionary<string, string>? after) =>
        before is null || after is null
            ? []
            : [.. Changes(Inputs(before), Inputs(after)).OrderBy(change => change.Name, StringComparer.Ordinal)];

    private static StepInput[] Inputs(IReadOnlyDictionary<string, string> files) =>
        [.. files.Select(file => new StepInput(InputKind.File, file.Key, file.Value, IsHidden: true))];

    /// <summary>What changed of a context's content is told by its files.</summary>
    private static bool IsOfContext(InputChange change) => change.Name.StartsWith("the content of ", StringComparison.Ordinal);
}
