using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;

namespace ContainerStages.Layers;

/// <summary>
/// A part of a deflate stream that ends on a byte and refers to nothing before it. What does not compress is stored. The bytes depend on
/// content and level only. Source: RFC 1951.
/// </summary>
/// <param name="Bytes">Rented; deflate data up to <paramref name="End"/>.</param>
/// <param name="Length">Of the plain bytes.</param>
internal readonly record struct DeflatedBlock(byte[] Bytes, int End, int Length)
{
    /// <summary>The longest block.</summary>
    public const int MaxSize = 1 << 20;

    // Looked at as a whole; smaller than what a stored part may hold.
    private const int Segment = 32 << 10;

    // Who asks for more wants the last per cent.
    private const int HighestStoring = 6;

    /// <param name="bytes">At most <see cref="MaxSize"/>.</param>
    /// <param name="borders">Places where one kind of content may end and another begin, rising.</param>
    /// <param name="level">0 to 9; above 6 everything is deflated.</param>
    public static DeflatedBlock Make(ReadOnlySpan<byte> bytes, ReadOnlySpan<int> borders, int level)
    {
        // The worst that deflate makes of a block is an eighth more.
        var target = ArrayPool<byte>.Shared.Rent(2 * MaxSize);
        using var output = new MemoryStream(target);
        var (start, position, isRandom) = (0, 0, false);
        for (var index = 0; position < bytes.Length;)
        {
            var border = index < borders.Length ? borders[index] : bytes.Length;
            if (border <= position)
            {
                index++;
                continue;
            }

            // What is left is looked at with the segment before, where nothing can be said of it alone.
            var end = border - position >= Segment + Randomness.LeastLength ? position + Segment : border;
            var isNextRandom = level is > 0 and <= HighestStoring && Randomness.IsLikely(bytes[position..end]);
            if (isNextRandom != isRandom && position > start)
            {
                Write(bytes[start..position], isRandom, level, output);
                start = position;
            }

            (isRandom, position) = (isNextRandom, end);
        }

        Write(bytes[start..], isRandom, level, output);
        return new DeflatedBlock(target, (int)output.Position, bytes.Length);
    }

    private static void Write(ReadOnlySpan<byte> bytes, bool isRandom, int level, MemoryStream output)
    {
        if (isRandom)
        {
            Store(bytes, output);
        }
        else
        {
            Deflate(bytes, level, output);
        }
    }

    private static void Store(ReadOnlySpan<byte> bytes, MemoryStream output)
    {
        Span<byte> head = stackalloc byte[5];
        head[0] = 0; // not the last, stored
        for (var rest = bytes; !rest.IsEmpty;)
        {
            var count = (ushort)Math.Min(rest.Length, ushort.MaxValue);
            BinaryPrimitives.WriteUInt16LittleEndian(head[1..], count);
            BinaryPrimitives.WriteUInt16LittleEndian(head[3..], (ushort)~count);
            output.Write(head);
            output.Write(rest[..count]);
            rest = rest[count..];
        }
    }

    private static void Deflate(ReadOnlySpan<byte> bytes, int level, MemoryStream output)
    {
        long end;
        using (var deflate = new DeflateStream(output, new ZLibCompressionOptions { CompressionLevel = level }, leaveOpen: true))
        {
            deflate.Write(bytes);
            deflate.Flush();
            end = output.Position;
        }

        // The end mark of a whole stream, which comes with closing, is left out.
        output.Position = end;
    }
}
