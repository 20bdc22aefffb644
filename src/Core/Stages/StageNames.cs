using System.Text.RegularExpressions;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;

namespace ContainerStages.Stages;

/// <summary>Names of stages: compared without regard to case. Source: Dockerfile reference, FROM; the grammar is BuildKit's.</summary>
public static partial class StageNames
{
    /// <summary>The base without files.</summary>
    public const string Scratch = "scratch";

    public static StringComparer Comparer => StringComparer.OrdinalIgnoreCase;

    /// <summary>What is wrong with a name, or null.</summary>
    public static Diagnostic? Check(string name, SourceLocation location)
    {
        if (!Grammar().IsMatch(name))
        {
            return DockerfileDiagnostics.InvalidStageName(name, location);
        }

        return Comparer.Equals(name, Scratch) || Comparer.Equals(name, "context") ? StageDiagnostics.ReservedStageName(name, location) : null;
    }

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9_.-]*$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Grammar();
}
