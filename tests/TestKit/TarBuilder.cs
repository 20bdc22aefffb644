using System.Buffers;
using System.Globalization;
using System.Text;

namespace ContainerStages.TestKit;

/// <summary>Writes tars by hand, also ones that no tar program would write. Every method adds one entry and returns the builder.</summary>
public sealed class TarBuilder
{
    private readonly ArrayBufferWriter<byte> content = new();

    public TarBuilder File(string name, string text = "", uint mode = 0x1A4, uint user = 0, uint group = 0, long time = 0) =>
        Entry('0', name, Encoding.UTF8.GetBytes(text), mode: mode, user: user, group: group, time: time);

    public TarBuilder Folder(string name, uint mode = 0x1ED, uint user = 0, uint group = 0, long time = 0) =>
        Entry('5', name, mode: mode, user: user, group: group, time: time);

    public TarBuilder SymbolicLink(string name, string target) => Entry('2', name, link: target, mode: 0x1FF);

    public TarBuilder HardLink(string name, string target) => Entry('1', name, link: target);

    public TarBuilder Device(string name, char type, uint major, uint minor) => Entry(type, name, major: major, minor: minor, mode: 0x1B6);

    public TarBuilder Fifo(string name) => Entry('6', name);

    /// <summary>Any header; <paramref name="size"/> may lie about <paramref name="data"/>.</summary>
    public TarBuilder Entry(
        char type,
        string name,
        byte[]? data = null,
        string link = "",
        uint mode = 0x1A4,
        uint user = 0,
        uint group = 0,
        long time = 0,
        uint major = 0,
        uint minor = 0,
        long? size = null,
        string magic = "ustar\000",
        Action<byte[]>? change = null)
    {
        data ??= [];
        var block = new byte[512];
        Latin(name, block.AsSpan(0, 100));
        Octal(mode, block.AsSpan(100, 8));
        Octal(user, block.AsSpan(108, 8));
        Octal(group, block.AsSpan(116, 8));
        Octal(size ?? data.Length, block.AsSpan(124, 12));
        Octal(time, block.AsSpan(136, 12));
        block[156] = (byte)type;
        Latin(link, block.AsSpan(157, 100));
        Latin(magic, block.AsSpan(257, 8));
        Octal(major, block.AsSpan(329, 8));
        Octal(minor, block.AsSpan(337, 8));
        change?.Invoke(block);
        block.AsSpan(148, 8).Fill((byte)' ');
        Octal(block.Sum(value => (long)value), block.AsSpan(148, 7));
        content.Write(block);
        content.Write(data);
        content.Write(new byte[-data.Length & 511]);
        return this;
    }

    /// <summary>A pax header for the next entry; values are written as their Latin-1 bytes.</summary>
    public TarBuilder Pax(params (string Key, string Value)[] records) => Entry('x', "PaxHeader", PaxData(records));

    public TarBuilder GlobalPax(params (string Key, string Value)[] records) => Entry('g', "GlobalHeader", PaxData(records));

    public TarBuilder GnuLongName(string name) => Entry('L', "././@LongLink", [.. Encoding.UTF8.GetBytes(name), 0], magic: "ustar  \0");

    public TarBuilder GnuLongLink(string target) => Entry('K', "././@LongLink", [.. Encoding.UTF8.GetBytes(target), 0], magic: "ustar  \0");

    /// <summary>The archive with its two empty blocks at the end.</summary>
    public byte[] ToArray() => [.. content.WrittenSpan, .. new byte[1024]];

    /// <summary>The archive as far as it was written.</summary>
    public byte[] ToArrayWithoutEnd() => content.WrittenSpan.ToArray();

    private static byte[] PaxData((string Key, string Value)[] records)
    {
        var data = new MemoryStream();
        foreach (var (key, value) in records)
        {
            var rest = key.Length + value.Length + 3;
            var length = rest + (rest + 1).ToString(CultureInfo.InvariantCulture).Length;
            length = rest + length.ToString(CultureInfo.InvariantCulture).Length;
            data.Write(Encoding.Latin1.GetBytes($"{length} {key}={value}\n"));
        }

        return data.ToArray();
    }

    private static void Latin(string text, Span<byte> field) =>
        Encoding.Latin1.GetBytes(text.AsSpan(0, Math.Min(text.Length, field.Length)), field);

    private static void Octal(long value, Span<byte> field) =>
        Latin(Convert.ToString(value, 8).PadLeft(field.Length - 1, '0'), field[..^1]);
}
