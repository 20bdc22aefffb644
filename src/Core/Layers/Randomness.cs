using System.Buffers.Binary;
using System.Numerics;

namespace ContainerStages.Layers;

/// <summary>
/// Says of bytes whether deflate would make them hardly smaller, as of what is compressed or encrypted already. In whole numbers alone, so
/// that every machine says the same of the same bytes.
/// </summary>
internal static class Randomness
{
    // Bits of a byte, with 16 binary places. Deflate saves less than a twenty-fifth of bytes that are spread so evenly.
    private const long Threshold = (long)(7.7 * (1 << Places));
    private const int Places = 16;
    private const int SampleDistance = 16;
    private const int TableBits = 12;

    /// <summary>Of fewer bytes nothing can be said.</summary>
    public const int LeastLength = 4096;

    private static readonly int[] Fractions = [.. Enumerable.Range(0, 256).Select(index => FractionOfLog2((256L + index) << (Places - 8)))];

    /// <param name="bytes">At most 64 KiB.</param>
    public static bool IsLikely(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= LeastLength && EntropyOf(bytes) >= Threshold && !Repeats(bytes);

    /// <summary>Shannon's entropy of the single bytes: log2(n) - sum(c * log2(c)) / n.</summary>
    private static long EntropyOf(ReadOnlySpan<byte> bytes)
    {
        // Four tables: the processor need not wait where a byte follows itself.
        Span<int> counts = stackalloc int[4 * 256];
        counts.Clear();
        var position = 0;
        for (; position + 4 <= bytes.Length; position += 4)
        {
            var four = BinaryPrimitives.ReadUInt32LittleEndian(bytes[position..]);
            counts[(int)(four & 0xFF)]++;
            counts[256 + (int)((four >> 8) & 0xFF)]++;
            counts[512 + (int)((four >> 16) & 0xFF)]++;
            counts[768 + (int)(four >> 24)]++;
        }

        for (; position < bytes.Length; position++)
        {
            counts[bytes[position]]++;
        }

        var sum = 0L;
        for (var value = 0; value < 256; value++)
        {
            long count = counts[value] + counts[256 + value] + counts[512 + value] + counts[768 + value];
            sum += count * Log2(count);
        }

        return Log2(bytes.Length) - (sum / bytes.Length);
    }

    /// <summary>
    /// True where of the eight bytes that begin each sixteen more than one in 25 were there before, as in a file that is there twice.
    /// </summary>
    private static bool Repeats(ReadOnlySpan<byte> bytes)
    {
        Span<ulong> seen = stackalloc ulong[1 << TableBits];
        seen.Clear();
        var repeated = 0;
        for (var position = 0; position + sizeof(ulong) <= bytes.Length; position += SampleDistance)
        {
            var value = BinaryPrimitives.ReadUInt64LittleEndian(bytes[position..]);
            var slot = (int)((value * 0x9E3779B97F4A7C15) >> (64 - TableBits));
            repeated += seen[slot] == value ? 1 : 0;
            seen[slot] = value;
        }

        return repeated > bytes.Length / SampleDistance / 25;
    }

    private static long Log2(long value)
    {
        if (value == 0)
        {
            return 0;
        }

        var exponent = BitOperations.Log2((ulong)value);
        var mantissa = exponent >= 8 ? value >> (exponent - 8) : value << (8 - exponent);
        return ((long)exponent << Places) + Fractions[mantissa & 0xFF];
    }

    /// <summary>log2 of a number from 1 to 2, <see cref="Places"/> binary places, bit by bit: squared, it passes 2 or does not.</summary>
    private static int FractionOfLog2(long value)
    {
        var fraction = 0;
        for (var bit = Places - 1; bit >= 0; bit--)
        {
            value = (value * value) >> Places;
            if (value >= 2L << Places)
            {
                value >>= 1;
                fraction |= 1 << bit;
            }
        }

        return fraction;
    }
}
