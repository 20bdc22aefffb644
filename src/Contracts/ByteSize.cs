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
    public static long? TryParse(string text)
    {
        var digits = text.Trim().TrimEnd([.. "bikmgtBIKMGT"]);
        var unit = text.Trim()[digits.Length..].ToUpperInvariant();
        var power = unit is "" or "B" ? 0 : "KMGT".IndexOf(unit[0], StringComparison.Ordinal) + 1;
        var step = unit is "" or "B" || unit[1..] is "" or "B" ? 1000 : unit[1..] is "IB" && power > 0 ? 1024 : 0;
        return step > 0
            && (power > 0 || unit is "" or "B")
            && decimal.TryParse(digits.TrimEnd(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            && number < 1_000_000_000_000
            ? (long)decimal.Min(number * (decimal)Math.Pow(step, power), long.MaxValue)
            : null;
    }

    private static double Round(double size) => Math.Round(size, size >= 100 ? 0 : size >= 10 ? 1 : 2, MidpointRounding.ToEven);
}
