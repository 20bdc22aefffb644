using System.Globalization;

namespace ContainerStages.Contracts;

/// <summary>
/// Sizes as Docker prints them: powers of 1000, three digits (<c>7.4MB</c>). Source: docker/go-units, HumanSizeWithPrecision.
/// </summary>
public static class ByteSize
{
    private static readonly string[] Units = ["B", "kB", "MB", "GB", "TB", "PB", "EB"];

    /// <summary><c>?</c> for a negative size, which means unknown.</summary>
    public static string Format(long bytes)
    {
        if (bytes < 0)
        {
            return "?";
        }

        var unit = 0;
        var size = (double)bytes;
        while (Round(size) >= 1000 && unit < Units.Length - 1)
        {
            size /= 1000;
            unit++;
        }

        return Round(size).ToString("0.##", CultureInfo.InvariantCulture) + Units[unit];
    }

    /// <summary>
    /// Reads what <see cref="Format"/> writes: a number with <c>B</c>, <c>kB</c>, <c>MB</c>, <c>GB</c> or <c>TB</c>, in any case and
    /// with or without the <c>B</c>; with <c>KiB</c>, <c>MiB</c>, ... for powers of 1024.
    /// </summary>
    /// <returns>Bytes, or null where the text is no size.</returns>
    public static long? TryParse(string text) => ByteCount.TryParse(text.Trim(), 1000);

    private static double Round(double size) => Math.Round(size, size >= 100 ? 0 : size >= 10 ? 1 : 2, MidpointRounding.ToEven);
}
