using System.Globalization;

namespace ContainerStages.Contracts;

/// <summary>
/// Sizes as Docker's options take them: a number, with <c>b</c>, <c>k</c>, <c>m</c>, <c>g</c> or <c>t</c> for powers of 1024; also
/// <c>kb</c> and <c>kib</c>.
/// </summary>
public static class ByteCount
{
    /// <returns>Bytes, or null where the text is no size.</returns>
    public static long? TryParse(string text) => TryParse(text, 1024);

    /// <param name="kilo">How many bytes <c>k</c> and <c>kb</c> are, and their powers; <c>kib</c> is always 1024.</param>
    internal static long? TryParse(string text, int kilo)
    {
        var digits = text.TrimEnd().TrimEnd([.. "bikmgtBIKMGT"]).TrimEnd();
        var unit = text[digits.Length..].Trim().ToUpperInvariant();
        var power = unit is "" or "B" ? 0 : "KMGT".IndexOf(unit[0], StringComparison.Ordinal) + 1;
        var isUnit = unit is "" or "B" || (power > 0 && unit[1..] is "" or "B" or "IB");
        var bytes = (decimal)Math.Pow(unit.EndsWith("IB", StringComparison.Ordinal) ? 1024 : kilo, power);
        return isUnit
            && decimal.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            && number < 1_000_000_000_000
            ? (long)decimal.Min(number * bytes, long.MaxValue)
            : null;
    }
}
