using System.Globalization;

namespace ContainerStages.Layers;

/// <summary>The four ways in which GNU tar writes sparse files. Source: GNU tar manual, Storing Sparse Files.</summary>
internal static class SparseFormat
{
    private const int MostRanges = 1 << 20;

    public delegate void BlockReader(Span<byte> target);

    /// <summary>Size of the whole file and its ranges with content, or null for an ordinary file.</summary>
    /// <exception cref="TarFormatException">The map contradicts itself or the stored size.</exception>
    public static (long Size, IReadOnlyList<SparseRange> Ranges)? ReadMap(
        TarHeader header, PaxRecords pax, long stored, BlockReader readRaw, BlockReader readContent)
    {
        long? size;
        IReadOnlyList<SparseRange> ranges;
        if (header.TypeFlag == (byte)'S')
        {
            (size, ranges) = ReadOldMap(header.SparseMap, readRaw);
        }
        else if (pax.GetText("GNU.sparse.major") == "1" && pax.GetText("GNU.sparse.minor") == "0")
        {
            size = pax.GetNumber("GNU.sparse.realsize");
            (ranges, var mapLength) = ReadMapInContent(stored, readContent);
            stored -= mapLength;
        }
        else if (pax.GetText("GNU.sparse.map") is { } map)
        {
            (size, ranges) = (pax.GetNumber("GNU.sparse.size"), ParseMap(map));
        }
        else if (pax.GetNumber("GNU.sparse.size") is { } announced)
        {
            (size, ranges) = (announced, pax.RepeatedSparseRanges);
        }
        else
        {
            return null;
        }

        Check(size, ranges, stored);
        return (size!.Value, ranges);
    }

    private static (long Size, IReadOnlyList<SparseRange> Ranges) ReadOldMap(ReadOnlySpan<byte> map, BlockReader readRaw)
    {
        const int RangeLength = 24;
        const int RangesInHeader = 4;
        const int RangesInExtension = 21;
        var ranges = new List<SparseRange>();
        var extended = map[RangesInHeader * RangeLength] != 0;
        var size = TarHeader.ParseNumber(map.Slice((RangesInHeader * RangeLength) + 1, 12));
        AddRanges(map[..(RangesInHeader * RangeLength)], ranges);
        Span<byte> extension = stackalloc byte[TarHeader.Length];
        while (extended)
        {
            readRaw(extension);
            AddRanges(extension[..(RangesInExtension * RangeLength)], ranges);
            extended = extension[RangesInExtension * RangeLength] != 0;
        }

        return (size, ranges);
    }

    private static void AddRanges(ReadOnlySpan<byte> map, List<SparseRange> ranges)
    {
        for (; !map.IsEmpty && map[0] != 0; map = map[24..])
        {
            Add(ranges, new SparseRange(TarHeader.ParseNumber(map[..12]), TarHeader.ParseNumber(map.Slice(12, 12))));
        }
    }

    /// <summary>Format 1.0: decimal numbers on lines, filling whole blocks before the content.</summary>
    private static (IReadOnlyList<SparseRange> Ranges, long Length) ReadMapInContent(long stored, BlockReader readContent)
    {
        var block = new byte[TarHeader.Length];
        var used = block.Length;
        var length = 0L;
        long ReadNumber()
        {
            var value = 0L;
            while (true)
            {
                if (used == block.Length)
                {
                    length += length + block.Length <= stored ? block.Length : throw Malformed();
                    readContent(block);
                    used = 0;
                }

                var letter = block[used++];
                if (letter == '\n')
                {
                    return value;
                }

                value = letter is >= (byte)'0' and <= (byte)'9' && value < long.MaxValue / 100
                    ? (value * 10) + (letter - '0')
                    : throw Malformed();
            }
        }

        var count = ReadNumber();
        var ranges = new List<SparseRange>();
        for (var i = 0L; i < count; i++)
        {
            Add(ranges, new SparseRange(ReadNumber(), ReadNumber()));
        }

        return (ranges, length);
    }

    /// <summary>Format 0.1: offsets and lengths with commas between.</summary>
    private static List<SparseRange> ParseMap(string map)
    {
        var numbers =
            map.Split(',')
                .Select(text => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                    ? number
                    : throw Malformed())
                .ToArray();
        if (numbers.Length % 2 != 0)
        {
            throw Malformed();
        }

        var ranges = new List<SparseRange>();
        foreach (var pair in numbers.Chunk(2))
        {
            Add(ranges, new SparseRange(pair[0], pair[1]));
        }

        return ranges;
    }

    private static void Add(List<SparseRange> ranges, SparseRange range)
    {
        if (ranges.Count == MostRanges)
        {
            throw new TarFormatException($"a sparse file has more than {MostRanges} parts.");
        }

        ranges.Add(range);
    }

    private static void Check(long? size, IReadOnlyList<SparseRange> ranges, long stored)
    {
        var end = 0L;
        var content = 0L;
        foreach (var range in ranges)
        {
            if (range.Offset < end || range.Length < 0 || range.Length > long.MaxValue - range.Offset || range.Offset + range.Length > size)
            {
                throw Malformed();
            }

            end = range.Offset + range.Length;
            content += range.Length;
        }

        if (size is null or < 0 || content != stored)
        {
            throw Malformed();
        }
    }

    private static TarFormatException Malformed() => new("the map of a sparse file contradicts itself; the archive is damaged.");
}
