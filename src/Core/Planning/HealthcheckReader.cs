using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Oci;
using ContainerStages.Stages;

namespace ContainerStages.Planning;

/// <summary>HEALTHCHECK to what the image configuration says of it; durations in nanoseconds. Source: Docker image specification 1.2, Healthcheck.</summary>
internal static partial class HealthcheckReader
{
    private const long Shortest = 1_000_000;

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

        return Nanoseconds(text) is { } value and (0 or >= Shortest)
            ? value == 0 ? null : value
            : throw new BuildFailedException(AddDiagnostics.BadDuration(option, text, location));
    }

    /// <summary>A duration as Go writes it: <c>1h30m</c>, <c>1.5s</c>, <c>300ms</c>; null where it is none. Source: Go, time.ParseDuration.</summary>
    private static long? Nanoseconds(string text)
    {
        if (text == "0")
        {
            return 0;
        }

        decimal total = 0;
        var end = 0;
        foreach (Match part in DurationPart().Matches(text))
        {
            if (part.Index != end || !decimal.TryParse(part.Groups["number"].Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            {
                return null;
            }

            total += number * UnitOf(part.Groups["unit"].Value);
            end = part.Index + part.Length;
        }

        return end == text.Length && end > 0 && total <= long.MaxValue ? (long)total : null;
    }

    private static decimal UnitOf(string unit) => unit switch
    {
        "h" => 3_600_000_000_000,
        "m" => 60_000_000_000,
        "s" => 1_000_000_000,
        "ms" => 1_000_000,
        "us" or "µs" or "μs" => 1000,
        _ => 1,
    };

    private static int? Count(string? text, SourceLocation location)
    {
        if (text is null)
        {
            return null;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? count == 0 ? null : count
            : throw new BuildFailedException(AddDiagnostics.BadRetries(text, location));
    }

    [GeneratedRegex("(?<number>[0-9]{1,18}(\\.[0-9]{0,9})?|\\.[0-9]{1,9})(?<unit>ns|us|µs|μs|ms|s|m|h)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex DurationPart();
}
