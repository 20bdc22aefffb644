using System.Collections.Immutable;

namespace ContainerStages.Sandboxing;

/// <summary>Where a program may be, in the order in which to try.</summary>
internal static class ProgramSearch
{
    /// <summary>Used where the environment has no PATH. Source: Docker's default for Linux images.</summary>
    public const string DefaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    public static IEnumerable<string> Candidates(string program, ImmutableArray<string> environment) =>
        program.Contains('/', StringComparison.Ordinal)
            ? [program]
            : Path(environment).Split(':', StringSplitOptions.RemoveEmptyEntries).Select(folder => $"{folder}/{program}");

    public static string Path(ImmutableArray<string> environment) =>
        environment.LastOrDefault(variable => variable.StartsWith("PATH=", StringComparison.Ordinal))?["PATH=".Length..] ?? DefaultPath;
}
