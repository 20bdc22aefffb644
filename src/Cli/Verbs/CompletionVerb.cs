using ContainerStages.Cli.Completion;
using ContainerStages.Contracts;

namespace ContainerStages.Cli.Verbs;

/// <summary><c>completion</c> prints the script for a shell; the hidden <c>complete</c> answers what the scripts ask.</summary>
internal static class CompletionVerb
{
    public static Verb Script { get; } = new(
        "completion",
        string.Join('|', CompletionScripts.Shells),
        "print the script that makes a shell complete verbs, options and values",
        [],
        PrintAsync,
        Arguments: Candidates.Of([.. CompletionScripts.Shells]));

    public static Verb Complete { get; } = new("complete", "-- [WORD...]", "", [], CompleteAsync);

    private static async Task<int> PrintAsync(OptionReader options, IReadOnlyList<string> arguments)
    {
        var valid = string.Join(", ", CompletionScripts.Shells);
        var shell = options.Rest is [var only] ? only : throw new UsageException($"name one shell: {valid}.");
        await Console.Out.WriteAsync(
            CompletionScripts.Find(shell) ?? throw new UsageException($"there is no completion for '{shell}'; valid are {valid}."));
        return EngineExitCode.Done;
    }

    private static async Task<int> CompleteAsync(OptionReader options, IReadOnlyList<string> arguments)
    {
        await Console.Out.WriteAsync(string.Concat(WordCompletion.Complete(VerbTable.Verbs, options.Rest).Select(line => line + "\n")));
        return EngineExitCode.Done;
    }
}
