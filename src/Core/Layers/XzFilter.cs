namespace ContainerStages.Layers;

/// <summary>
/// What xz did to the bytes before it compressed them. Source: The .xz File Format, 3.1 Block Header and 5.3 Filter IDs.
/// The decompressor has not all of these filters and gives wrong bytes for others, so none is taken.
/// </summary>
internal static class XzFilter
{
    private const int StreamHeaderLength = 12;
    private const ulong Lzma2 = 0x21;
    private static readonly string[] Names =
        ["0", "1", "2", "delta", "x86", "powerpc", "ia64", "arm", "armthumb", "sparc", "arm64", "riscv"];

    /// <summary>Looks at the first block, as programs use one chain of filters for all; the position stays.</summary>
    /// <exception cref="XzFilterException">It has a filter.</exception>
    public static void RequireNone(Stream file)
    {
        Span<byte> head = stackalloc byte[StreamHeaderLength + 1024];
        var start = file.Position;
        head = head[..file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)];
        file.Position = start;
        if (head.Length > StreamHeaderLength && head[StreamHeaderLength] != 0)
        {
            RequireNone(head[(StreamHeaderLength + 1)..]);
        }
    }

    private static void RequireNone(ReadOnlySpan<byte> block)
    {
        const int CompressedSize = 0x40, UncompressedSize = 0x80;
        var flags = block.IsEmpty ? 0 : block[0];
        var rest = block.IsEmpty ? block : block[1..];
        _ = (flags & CompressedSize) == 0 ? 0 : ReadNumber(ref rest);
        _ = (flags & UncompressedSize) == 0 ? 0 : ReadNumber(ref rest);
        var first = ReadNumber(ref rest);
        if ((flags & 3) > 0 || first != Lzma2)
        {
            throw new XzFilterException(first < (ulong)Names.Length ? Names[first] : $"{first}");
        }
    }

    /// <summary>Seven bits a byte, the lowest first.</summary>
    private static ulong ReadNumber(ref ReadOnlySpan<byte> bytes)
    {
        const int MostBytes = 9;
        ulong number = 0;
        for (var index = 0; index < bytes.Length && index < MostBytes; index++)
        {
            number |= (ulong)(bytes[index] & 0x7F) << (7 * index);
            if (bytes[index] < 0x80)
            {
                bytes = bytes[(index + 1)..];
                return number;
            }
        }

        throw new InvalidDataException("a number in the head of an xz block has no end");
    }
}

/// <summary>The file would have to be decompressed with a filter that is not supported.</summary>
internal sealed class XzFilterException(string filter) : NotSupportedException($"the xz filter '{filter}' is not supported")
{
    public string Filter { get; } = filter;
}
