using System.Buffers.Binary;

namespace ContainerStages.Reporting;

/// <summary>Where in the file of a program its data lies. Source: elf(5).</summary>
internal sealed class ElfSegments
{
    private const int MostHeaders = 64 << 10;
    private const uint Loaded = 1;
    private const uint Executable = 1;
    private readonly List<(ulong Start, ulong End)> data = [];

    /// <summary>No data lies behind it.</summary>
    public long End => (long)data.Max(segment => segment.End);

    public bool Holds(long position) => data.Exists(segment => (ulong)position >= segment.Start && (ulong)position < segment.End);

    /// <param name="head">The beginning of the file.</param>
    /// <param name="needsMore">True where more of the file may tell.</param>
    public static bool TryRead(ReadOnlySpan<byte> head, out ElfSegments? segments, out bool needsMore)
    {
        segments = null;
        needsMore = head.Length < 64;
        if (needsMore)
        {
            return false;
        }

        if (!head.StartsWith("\u007fELF"u8) || head[4] is not (1 or 2) || head[5] is not (1 or 2))
        {
            return false;
        }

        var (isWide, isLittle) = (head[4] == 2, head[5] == 1);
        var table = isWide ? Number(head[32..], 8, isLittle) : Number(head[28..], 4, isLittle);
        var size = (int)Number(head[(isWide ? 54 : 42)..], 2, isLittle);
        var count = (int)Number(head[(isWide ? 56 : 44)..], 2, isLittle);
        if (table > MostHeaders || size < (isWide ? 56 : 32) || count == 0)
        {
            return false;
        }

        var end = (long)table + ((long)size * count);
        if (end > head.Length)
        {
            needsMore = end <= 2 * MostHeaders;
            return false;
        }

        var found = new ElfSegments();
        for (var place = (int)table; place < end; place += size)
        {
            found.Add(head.Slice(place, size), isWide, isLittle);
        }

        segments = found.data.Count > 0 ? found : null;
        return segments is not null;
    }

    private void Add(ReadOnlySpan<byte> header, bool isWide, bool isLittle)
    {
        var flags = (uint)Number(header[(isWide ? 4 : 24)..], 4, isLittle);
        if (Number(header, 4, isLittle) == Loaded && (flags & Executable) == 0)
        {
            var start = isWide ? Number(header[8..], 8, isLittle) : Number(header[4..], 4, isLittle);
            var length = isWide ? Number(header[32..], 8, isLittle) : Number(header[16..], 4, isLittle);
            if (start < long.MaxValue / 2 && length < long.MaxValue / 2)
            {
                data.Add((start, start + length));
            }
        }
    }

    private static ulong Number(ReadOnlySpan<byte> bytes, int width, bool isLittle) => (width, isLittle) switch
    {
        (2, true) => BinaryPrimitives.ReadUInt16LittleEndian(bytes),
        (2, _) => BinaryPrimitives.ReadUInt16BigEndian(bytes),
        (4, true) => BinaryPrimitives.ReadUInt32LittleEndian(bytes),
        (4, _) => BinaryPrimitives.ReadUInt32BigEndian(bytes),
        (_, true) => BinaryPrimitives.ReadUInt64LittleEndian(bytes),
        _ => BinaryPrimitives.ReadUInt64BigEndian(bytes),
    };
}
