using System.Buffers.Binary;
using ContainerStages.Posix;

namespace ContainerStages.Layers;

/// <summary>Fields of a 512-byte header. Source: POSIX pax, ustar Interchange Format; GNU tar manual, Basic Tar Format.</summary>
internal readonly ref struct TarHeader
{
    public const int Length = 512;
    private readonly ReadOnlySpan<byte> block;

    /// <exception cref="TarFormatException">The checksum is wrong.</exception>
    public TarHeader(ReadOnlySpan<byte> block, long position)
    {
        this.block = block;
        if (!HasRightChecksum())
        {
            throw new TarFormatException($"the tar header at byte {position} has a wrong checksum; the archive is damaged or not a tar.");
        }
    }

    public byte TypeFlag => block[156];

    public string LinkName => Text(157, 100);

    public uint Mode => (uint)Number(100, 8) & 0xFFF;

    public long UserId => Number(108, 8);

    public long GroupId => Number(116, 8);

    public long Size => Number(124, 12);

    public long ModificationSeconds => Number(136, 12);

    public uint DeviceMajor => HasDevice ? (uint)Number(329, 8) : 0;

    public uint DeviceMinor => HasDevice ? (uint)Number(337, 8) : 0;

    /// <summary>GNU's old sparse header follows in the same block.</summary>
    public ReadOnlySpan<byte> SparseMap => block[386..];

    public string Name
    {
        get
        {
            var name = Text(0, 100);
            var prefix = IsUstar ? Text(345, 155) : "";
            return prefix.Length == 0 ? name : $"{prefix}/{name}";
        }
    }

    private bool IsUstar => block.Slice(257, 6).SequenceEqual("ustar\0"u8);

    private bool HasDevice => block.Slice(257, 5).SequenceEqual("ustar"u8);

    /// <summary>Octal digits, or a big-endian binary number when the highest bit is set (GNU, for what octal cannot hold).</summary>
    /// <exception cref="TarFormatException">It is neither, or does not fit 63 bits.</exception>
    public static long ParseNumber(ReadOnlySpan<byte> field)
    {
        if ((field[0] & 0x80) != 0)
        {
            return ParseBinary(field);
        }

        var digits = field.Trim(" \0"u8);
        var value = 0L;
        foreach (var digit in digits)
        {
            if (digit is < (byte)'0' or > (byte)'7' || value >> 59 != 0)
            {
                throw new TarFormatException("a number in a tar header is not octal; the archive is damaged.");
            }

            value = (value << 3) | (long)(digit - '0');
        }

        return value;
    }

    private static long ParseBinary(ReadOnlySpan<byte> field)
    {
        var negative = (field[0] & 0x40) != 0;
        Span<byte> bytes = stackalloc byte[field.Length];
        field.CopyTo(bytes);
        bytes[0] = (byte)(negative ? bytes[0] : bytes[0] & 0x7F);
        var excess = bytes[..^8];
        var value = BinaryPrimitives.ReadInt64BigEndian(bytes[^8..]);
        var fits = !excess.ContainsAnyExcept(negative ? (byte)0xFF : (byte)0) && value < 0 == negative;
        return fits ? value : throw new TarFormatException("a number in a tar header does not fit 63 bits; the archive is damaged.");
    }

    private long Number(int offset, int length)
    {
        // Eight bytes of an 8-byte field are all there is: bring it to a width that always has bytes in excess.
        var field = block.Slice(offset, length);
        if (length != 8 || (field[0] & 0x80) == 0)
        {
            return ParseNumber(field);
        }

        Span<byte> wide = stackalloc byte[12];
        var negative = (field[0] & 0x40) != 0;
        wide[..4].Fill(negative ? (byte)0xFF : (byte)0);
        field.CopyTo(wide[4..]);
        wide[4] = negative ? field[0] : (byte)(field[0] & 0x7F);
        wide[0] |= 0x80;
        return ParseNumber(wide);
    }

    private string Text(int offset, int length)
    {
        var field = block.Slice(offset, length);
        var end = field.IndexOf((byte)0);
        return PathText.Decode(end < 0 ? field : field[..end]);
    }

    private bool HasRightChecksum()
    {
        // Old tars summed signed bytes.
        var (unsigned, signed) = (8L * ' ', 8L * ' ');
        for (var i = 0; i < Length; i++)
        {
            if (i is < 148 or >= 156)
            {
                unsigned += block[i];
                signed += (sbyte)block[i];
            }
        }

        var stored = ParseNumber(block.Slice(148, 8));
        return stored == unsigned || stored == signed;
    }
}
