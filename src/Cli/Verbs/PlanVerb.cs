using ContainerStages.Cli.Completion;
using ContainerStages.Contracts;

namespace ContainerStages.Cli.Verbs;

/// <summary><c>plan</c>: prints what a build would do, and does nothing.</summary>
internal static class PlanVerb
{
    public static Verb Verb { get; } = new(
        "plan",
        "[OPTIONS] CONTEXT",
        "print what a build would run",
        BuildVerb.DefinitionOptions,
        RunAsync,
        Arguments: Candidates.Folders);

    private static Task<int> RunAsync(OptionReader options, IReadOnlyList<string> arguments) =>
        PreparationHost.RunAsync(BuildVerb.Define(options) with { Goal = BuildGoal.Plan }, options, arguments);
}
