using System.Text.RegularExpressions;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;

namespace ContainerStages.Stages;

/// <summary>Names of stages: compared without regard to case. Source: Dockerfile reference, FROM; the grammar is BuildKit's.</summary>
internal static partial class StageNames
{
    /// <summary>The base without files.</summary>
    public const string Scratch = "scratch";

    public static StringComparer Comparer => StringComparer.OrdinalIgnoreCase;

    /// <summary>True for <c>scratch</c> and <c>context</c>, of which Dockerfiles are warned and projects refused.</summary>
    public static bool IsReserved(string name) => Comparer.Equals(name, Scratch) || Comparer.Equals(name, "context");

    /// <summary>What is wrong with a name, or null.</summary>
    public static Diagnostic? Check(string name, SourceLocation location) =>
        Grammar().IsMatch(name) ? null : DockerfileDiagnostics.InvalidStageName(name, location);

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9_.-]*$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Grammar();
}
