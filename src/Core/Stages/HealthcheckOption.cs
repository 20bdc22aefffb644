using System.Globalization;

namespace ContainerStages.Stages;

/// <summary>Values of HEALTHCHECK's options, with the limits that BuildKit sets.</summary>
internal static class HealthcheckOption
{
    private const long Shortest = 1_000_000;

    /// <summary>Nanoseconds, 0 or a millisecond and more; null where the text is anything else.</summary>
    public static long? Duration(string text) => GoDuration.Nanoseconds(text) is { } value and (0 or >= Shortest) ? value : null;

    /// <summary>A count, 0 or more; null where the text is anything else.</summary>
    public static int? Retries(string text) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var count) && count >= 0 ? count : null;
}
