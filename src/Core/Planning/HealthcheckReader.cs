using System.Collections.Immutable;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Oci;
using ContainerStages.Stages;

namespace ContainerStages.Planning;

/// <summary>
/// HEALTHCHECK to what the image configuration says of it; durations in nanoseconds. Source: Docker image specification 1.2, Healthcheck.
/// </summary>
internal static class HealthcheckReader
{
    public static Healthcheck Read(HealthcheckInstruction check, ImmutableArray<string> test) => new()
    {
        Test = test,
        Interval = Duration("--interval", check.Interval, check.Location),
        Timeout = Duration("--timeout", check.Timeout, check.Location),
        StartPeriod = Duration("--start-period", check.StartPeriod, check.Location),
        StartInterval = Duration("--start-interval", check.StartInterval, check.Location),
        Retries = Count(check.Retries, check.Location),
    };

    /// <summary>Null where not given or 0, which means the default.</summary>
    private static long? Duration(string option, string? text, SourceLocation location)
    {
        if (text is null)
        {
            return null;
        }

        return HealthcheckOption.Duration(text) is { } value
            ? value == 0 ? null : value
            : throw new BuildFailedException(AddDiagnostics.BadDuration(option, text, location));
    }

    private static int? Count(string? text, SourceLocation location)
    {
        if (text is null)
        {
            return null;
        }

        return HealthcheckOption.Retries(text) is { } count
            ? count == 0 ? null : count
            : throw new BuildFailedException(AddDiagnostics.BadRetries(text, location));
    }
}
