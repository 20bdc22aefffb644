using System.Globalization;
using System.Text.RegularExpressions;

namespace ContainerStages.Stages;

/// <summary>A duration as Go writes it: <c>1h30m</c>, <c>1.5s</c>, <c>300ms</c>. Source: Go, time.ParseDuration.</summary>
internal static partial class GoDuration
{
    /// <summary>Nanoseconds; null where the text is no duration, or a negative one.</summary>
    public static long? Nanoseconds(string text)
    {
        var parts = text.StartsWith('+') ? text.AsSpan(1) : text;
        if (parts is "0")
        {
            return 0;
        }

        decimal total = 0;
        var end = 0;
        foreach (Match part in Part().Matches(parts.ToString()))
        {
            if (part.Index != end
                || !decimal.TryParse(
                    part.Groups["number"].Value,
                    NumberStyles.AllowDecimalPoint,
                    CultureInfo.InvariantCulture,
                    out var number))
            {
                return null;
            }

            total += number * UnitOf(part.Groups["unit"].Value);
            end = part.Index + part.Length;
        }

        return end == parts.Length && end > 0 && total <= long.MaxValue ? (long)total : null;
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

    [GeneratedRegex(
        "(?<number>[0-9]{1,18}(\\.[0-9]{0,9})?|\\.[0-9]{1,9})(?<unit>ns|us|µs|μs|ms|s|m|h)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Part();
}
