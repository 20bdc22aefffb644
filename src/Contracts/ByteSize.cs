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

    private static double Round(double size) => Math.Round(size, size >= 100 ? 0 : size >= 10 ? 1 : 2, MidpointRounding.ToEven);
}
