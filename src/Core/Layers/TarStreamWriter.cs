using System.Globalization;
using System.Text;
using ContainerStages.Posix;
using Microsoft.Win32.SafeHandles;

namespace ContainerStages.Layers;

/// <summary>
/// Writes tars that depend on nothing but their entries: ustar headers, a pax header only where ustar cannot say it, no user or group
/// names. Source: POSIX pax, ustar Interchange Format.
/// </summary>
internal sealed class TarStreamWriter(Stream stream)
{
    private const int NameLength = 100;
    private const int PrefixLength = 155;
    private readonly byte[] block = new byte[TarHeader.Length];
    private byte[]? buffer;
    private long contentLeft;
    private int padding;

    /// <summary>Starts an entry; exactly <see cref="TarEntry.Size"/> bytes of content follow. Names of folders end in a slash.</summary>
    public void WriteEntry(TarEntry entry)
    {
        FinishContent();
        var records = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        var name = PathText.Encode(entry.Name);
        (stream as CompressorStream)?.BeginEntry(name, entry.Size);
        var (prefix, rest) = SplitName(name);
        if (rest.Length > NameLength || !Ascii.IsValid(name))
        {
            records["path"] = name;
        }

        var link = PathText.Encode(entry.LinkName);
        if (link.Length > NameLength || !Ascii.IsValid(link))
        {
            records["linkpath"] = link;
        }

        AddNumber(records, "size", entry.Size, 11);
        AddNumber(records, "uid", entry.UserId, 7);
        AddNumber(records, "gid", entry.GroupId, 7);
        foreach (var (key, value) in entry.Xattrs)
        {
            records["SCHILY.xattr." + key] = value;
        }

        if (records.Count > 0)
        {
            WritePaxHeader(records);
        }

        StartHeader(TypeFlag(entry.Kind), rest.AsSpan(0, Math.Min(rest.Length, NameLength)), entry.Size);
        prefix.Span.CopyTo(block.AsSpan(345));
        link.AsSpan(0, Math.Min(link.Length, NameLength)).CopyTo(block.AsSpan(157));
        Octal(100, 7, entry.Mode & 0xFFF);
        Octal(108, 7, Fit(entry.UserId, 7));
        Octal(116, 7, Fit(entry.GroupId, 7));
        Octal(136, 11, entry.ModificationSeconds);
        Octal(329, 7, entry.DeviceMajor);
        Octal(337, 7, entry.DeviceMinor);
        WriteHeader();
        if (entry.Size > 0)
        {
            (stream as CompressorStream)?.BeginContent(entry.Size);
        }

        contentLeft = entry.Size;
        padding = (int)(-entry.Size & (TarHeader.Length - 1));
    }

    /// <exception cref="InvalidOperationException">More content than the entry announced.</exception>
    public void WriteContent(ReadOnlySpan<byte> bytes)
    {
        contentLeft = bytes.Length <= contentLeft
            ? contentLeft - bytes.Length
            : throw new InvalidOperationException("An entry got more content than it announced.");
        stream.Write(bytes);
    }

    /// <summary>Writes what a file holds as the content of the entry, up to the size that the entry announced.</summary>
    /// <returns>False where the file is shorter.</returns>
    public bool TryWriteContent(SafeFileHandle file, string path, CancellationToken cancellationToken)
    {
        buffer ??= new byte[256 << 10];
        while (contentLeft > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var count = FileCalls.ReadSome(file, buffer.AsSpan(0, (int)Math.Min(contentLeft, buffer.Length)), path);
            if (count == 0)
            {
                return false;
            }

            WriteContent(buffer.AsSpan(0, count));
        }

        return true;
    }

    /// <summary>Writes the end of the archive: two empty blocks.</summary>
    public void Finish()
    {
        FinishContent();
        block.AsSpan().Clear();
        stream.Write(block);
        stream.Write(block);
    }

    private static byte TypeFlag(TarEntryKind kind) => kind switch
    {
        TarEntryKind.File => (byte)'0',
        TarEntryKind.HardLink => (byte)'1',
        TarEntryKind.SymbolicLink => (byte)'2',
        TarEntryKind.CharacterDevice => (byte)'3',
        TarEntryKind.BlockDevice => (byte)'4',
        TarEntryKind.Directory => (byte)'5',
        _ => (byte)'6',
    };

    /// <summary>
    /// Cuts a long name at a slash into the two fields of the header; the second part stays too long where that is impossible.
    /// </summary>
    private static (ReadOnlyMemory<byte> Prefix, byte[] Name) SplitName(byte[] name)
    {
        if (name.Length > NameLength)
        {
            var from = Math.Max(0, name.Length - NameLength - 1);
            var length = Math.Min(PrefixLength + 1, name.Length - 1) - from;
            var slash = length > 0 ? name.AsSpan(from, length).IndexOf((byte)'/') : -1;
            if (slash >= 0 && from + slash > 0)
            {
                return (name.AsMemory(0, from + slash), name[(from + slash + 1)..]);
            }
        }

        return (ReadOnlyMemory<byte>.Empty, name);
    }

    private static void AddNumber(SortedDictionary<string, byte[]> records, string key, long value, int digits)
    {
        if (Fit(value, digits) != value)
        {
            records[key] = Encoding.ASCII.GetBytes(value.ToString(CultureInfo.InvariantCulture));
        }
    }

    /// <summary>The value, or 0 where the field is too small for it and a pax record says it.</summary>
    private static long Fit(long value, int digits) => value >> (3 * digits) == 0 ? value : 0;

    private void WritePaxHeader(SortedDictionary<string, byte[]> records)
    {
        using var content = new MemoryStream();
        foreach (var (key, value) in records)
        {
            var name = PathText.Encode(key);
            var rest = name.Length + value.Length + 3;
            var length = rest + Digits(rest);
            length = rest + Digits(length);
            content.Write(Encoding.ASCII.GetBytes(length.ToString(CultureInfo.InvariantCulture) + " "));
            content.Write(name);
            content.Write("="u8);
            content.Write(value);
            content.Write("\n"u8);
        }

        StartHeader((byte)'x', "././@PaxHeader"u8, content.Length);
        Octal(100, 7, 0x1A4);
        Octal(108, 7, 0);
        Octal(116, 7, 0);
        Octal(136, 11, 0);
        Octal(329, 7, 0);
        Octal(337, 7, 0);
        WriteHeader();
        stream.Write(content.GetBuffer().AsSpan(0, (int)content.Length));
        WritePadding((int)(-content.Length & (TarHeader.Length - 1)));
    }

    private static int Digits(int value) => value.ToString(CultureInfo.InvariantCulture).Length;

    private void StartHeader(byte type, ReadOnlySpan<byte> name, long size)
    {
        block.AsSpan().Clear();
        name.CopyTo(block);
        block[156] = type;
        "ustar\0"u8.CopyTo(block.AsSpan(257));
        "00"u8.CopyTo(block.AsSpan(263));
        Octal(124, 11, Fit(size, 11));
    }

    private void WriteHeader()
    {
        block.AsSpan(148, 8).Fill((byte)' ');
        var sum = 0L;
        foreach (var value in block)
        {
            sum += value;
        }

        Octal(148, 6, sum);
        block[154] = 0;
        stream.Write(block);
    }

    private void Octal(int offset, int digits, long value)
    {
        for (var i = offset + digits - 1; i >= offset; i--)
        {
            block[i] = (byte)('0' + (value & 7));
            value >>= 3;
        }
    }

    private void FinishContent()
    {
        if (contentLeft != 0)
        {
            throw new InvalidOperationException($"An entry lacks {contentLeft} bytes of its content.");
        }

        WritePadding(padding);
        padding = 0;
    }

    private void WritePadding(int count)
    {
        block.AsSpan(0, count).Clear();
        stream.Write(block, 0, count);
    }
}
