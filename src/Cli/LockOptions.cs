using ContainerStages.Cli.Completion;
using ContainerStages.Contracts;
using ContainerStages.Sources;

namespace ContainerStages.Cli;

/// <summary>The options that say which digests a build uses, and whether it may ask for others.</summary>
internal static class LockOptions
{
    public static IReadOnlyList<Option> All { get; } =
    [
        new(["--lock-file"], "FILE", $"take digests from there, and write what it lacks ({LockFile.DefaultName})", Candidates.Files),
        new(["--locked"], null, "fail where the lock file lacks something"),
        new(["--offline"], null, "no network: use what the store has"),
    ];

    /// <param name="source">Its folder is where the lock file is by default.</param>
    public static BuildPolicy Read(BuildSource source, OptionReader options)
    {
        if (options.IsSet("--offline") && options.IsSet("--pull"))
        {
            throw new UsageException("--offline and --pull exclude each other.");
        }

        var isLocked = options.IsSet("--locked");
        return new BuildPolicy
        {
            LockFile = options.Last("--lock-file") is { } file ? Path.GetFullPath(file) : isLocked ? Default(source) : null,
            Locked = isLocked,
            Offline = options.IsSet("--offline"),
        };
    }

    /// <summary>The file that is meant where none is named.</summary>
    public static string Default(BuildSource source) => Path.Combine(source.ContextDirectory, LockFile.DefaultName);
}
