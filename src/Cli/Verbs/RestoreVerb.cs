using ContainerStages.Cli.Completion;
using ContainerStages.Contracts;

namespace ContainerStages.Cli.Verbs;

/// <summary><c>restore</c>: fetches what a build needs, so that it can be done offline.</summary>
internal static class RestoreVerb
{
    public static Verb Verb { get; } = new(
        "restore",
        "[OPTIONS] CONTEXT",
        "fetch everything a build needs",
        BuildVerb.DefinitionOptions,
        RunAsync,
        Arguments: Candidates.Folders);

    private static Task<int> RunAsync(OptionReader options, IReadOnlyList<string> arguments) =>
        PreparationHost.RunAsync(BuildVerb.Define(options) with { Goal = BuildGoal.Restore }, options, arguments);
}
