using System.Buffers.Text;
using System.Globalization;
using ContainerStages.Posix;

namespace ContainerStages.Layers;

/// <summary>
/// Records of one pax header, or of several that follow each other; a later record wins. Source: POSIX pax, pax Header Block.
/// </summary>
internal sealed class PaxRecords
{
    private const string XattrPrefix = "SCHILY.xattr.";
    private readonly Dictionary<string, byte[]> records = new(StringComparer.Ordinal);
    private readonly List<SparseRange> sparse = [];
    private long? sparseOffset;

    /// <summary>Ranges of GNU's pax format 0.0, which repeats its records.</summary>
    public IReadOnlyList<SparseRange> RepeatedSparseRanges => sparse;

    /// <exception cref="TarFormatException">The block is no list of <c>length key=value</c> lines.</exception>
    public void Add(ReadOnlySpan<byte> block)
    {
        while (!block.IsEmpty)
        {
            if (!Utf8Parser.TryParse(block, out int length, out var digits) || digits >= block.Length || block[digits] != ' '
                || length <= digits + 2 || length > block.Length || block[length - 1] != '\n')
            {
                throw Malformed();
            }

            var record = block[(digits + 1)..(length - 1)];
            var equals = record.IndexOf((byte)'=');
            if (equals <= 0)
            {
                throw Malformed();
            }

            Set(PathText.Decode(record[..equals]), record[(equals + 1)..].ToArray());
            block = block[length..];
        }
    }

    public string? GetText(string key) => records.TryGetValue(key, out var value) ? PathText.Decode(value) : null;

    /// <exception cref="TarFormatException">The value is no number.</exception>
    public long? GetNumber(string key) =>
        GetText(key) is not { } text ? null
        : long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number
        : throw new TarFormatException($"the pax record '{key}' is no number; the archive is damaged.");

    /// <summary>Seconds and nanoseconds of a time with a decimal fraction.</summary>
    /// <exception cref="TarFormatException">The value is no time.</exception>
    public (long Seconds, long Nanoseconds)? GetTime(string key)
    {
        if (GetText(key) is not { } text)
        {
            return null;
        }

        if (!decimal.TryParse(
            text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var time)
            || decimal.Abs(time) > long.MaxValue / 2)
        {
            throw new TarFormatException($"the pax record '{key}' is no time; the archive is damaged.");
        }

        var seconds = decimal.Floor(time);
        return ((long)seconds, (long)((time - seconds) * 1_000_000_000));
    }

    public IReadOnlyList<KeyValuePair<string, byte[]>> GetXattrs() =>
        records.Count == 0
            ? []
            : [.. records.Where(record => record.Key.StartsWith(XattrPrefix, StringComparison.Ordinal))
                .Select(record => KeyValuePair.Create(record.Key[XattrPrefix.Length..], record.Value))];

    private static TarFormatException Malformed() => new("a pax header is malformed; the archive is damaged.");

    private void Set(string key, byte[] value)
    {
        if (key == "GNU.sparse.offset")
        {
            sparseOffset = ParseNumber(key, value);
        }
        else if (key == "GNU.sparse.numbytes")
        {
            sparse.Add(new SparseRange(sparseOffset ?? throw Malformed(), ParseNumber(key, value)));
            sparseOffset = null;
        }
        else if (value.Length == 0 && !key.StartsWith(XattrPrefix, StringComparison.Ordinal))
        {
            // An empty value takes an earlier one back.
            records.Remove(key);
        }
        else
        {
            records[key] = value;
        }
    }

    private static long ParseNumber(string key, byte[] value) =>
        Utf8Parser.TryParse(value, out long number, out var digits) && digits == value.Length
            ? number
            : throw new TarFormatException($"the pax record '{key}' is no number; the archive is damaged.");
}
