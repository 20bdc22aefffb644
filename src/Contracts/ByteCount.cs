using System.Globalization;

namespace ContainerStages.Contracts;

/// <summary>
/// Sizes as Docker's options take them: a number, with <c>b</c>, <c>k</c>, <c>m</c>, <c>g</c> or <c>t</c> for powers of 1024; also
/// <c>kb</c> and <c>kib</c>.
/// </summary>
public static class ByteCount
{
    /// <returns>Bytes, or null where the text is no size.</returns>
    public static long? TryParse(string text)
    {
        var digits = text.TrimEnd().TrimEnd([.. "bikmgtBIKMGT"]).TrimEnd();
        var unit = text[digits.Length..].Trim().ToUpperInvariant();
        var power = unit is "" or "B" ? 0 : "KMGT".IndexOf(unit[0], StringComparison.Ordinal) + 1;
        var isUnit = unit is "" or "B" || (power > 0 && unit[1..] is "" or "B" or "IB");
        return isUnit
            && decimal.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            && number < 1_000_000_000_000
            ? (long)decimal.Min(number * (1L << (10 * power)), long.MaxValue)
            : null;
    }
}
