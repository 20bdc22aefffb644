using System.Globalization;
using System.Text.RegularExpressions;

namespace ContainerStages.Contracts;

/// <summary>
/// How long ago, as people write it: <c>7d</c>, <c>2w</c>, <c>24h</c>, <c>1h30m</c> (Go's durations, with days and weeks), or a point in
/// time.
/// </summary>
public static partial class AgeText
{
    /// <returns>Null where the text is none.</returns>
    public static TimeSpan? TryParse(string text)
    {
        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment)
            && text.Contains('-', StringComparison.Ordinal))
        {
            return DateTimeOffset.UtcNow - moment;
        }

        var match = Parts().Match(text);
        if (!match.Success)
        {
            return null;
        }

        var seconds = match.Groups["part"].Captures.Sum(
            part => double.Parse(part.ValueSpan[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture)
                * SecondsOf(part.ValueSpan[^1]));
        return seconds < TimeSpan.MaxValue.TotalSeconds / 2 ? TimeSpan.FromSeconds(seconds) : null;
    }

    private static int SecondsOf(char unit) => unit switch
    {
        'w' => 7 * 24 * 3600,
        'd' => 24 * 3600,
        'h' => 3600,
        'm' => 60,
        _ => 1,
    };

    [GeneratedRegex(@"^(?<part>[0-9]{1,9}(\.[0-9]{1,9})?[wdhms])+$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Parts();
}
