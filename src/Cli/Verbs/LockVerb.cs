using ContainerStages.Cli.Completion;
using ContainerStages.Contracts;

namespace ContainerStages.Cli.Verbs;

/// <summary><c>lock</c>: writes the lock file of a build, without building.</summary>
internal static class LockVerb
{
    public static Verb Verb { get; } = new(
        "lock",
        "[OPTIONS] CONTEXT",
        "write the digests of everything a build fetches",
        [new(["--update"], null, "ask anew for everything, also where the file has a digest"), .. BuildVerb.DefinitionOptions],
        RunAsync,
        Arguments: Candidates.Folders);

    private static Task<int> RunAsync(OptionReader options, IReadOnlyList<string> arguments)
    {
        var definition = BuildVerb.Define(options);
        var isUpdate = options.IsSet("--update");
        if (isUpdate && (definition.Policy.Locked || definition.Policy.Offline))
        {
            throw new UsageException($"--update excludes {(definition.Policy.Locked ? "--locked" : "--offline")}.");
        }

        definition = definition with
        {
            Goal = isUpdate ? BuildGoal.UpdateLock : BuildGoal.Lock,
            Policy = definition.Policy with { LockFile = definition.Policy.LockFile ?? LockOptions.Default(definition.Source) },
        };
        return PreparationHost.RunAsync(definition, options, arguments);
    }
}
