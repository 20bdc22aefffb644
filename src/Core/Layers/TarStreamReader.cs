using System.Buffers;
using ContainerStages.Posix;

namespace ContainerStages.Layers;

/// <summary>
/// Reads ustar, pax, GNU and old tars in one pass, through one buffer. Own code because System.Formats.Tar gives extended attributes
/// only as text, which damages capabilities. Nothing in an archive is believed: numbers, lengths and names are checked.
/// </summary>
internal sealed class TarStreamReader(Stream stream) : IDisposable
{
    private const int MetadataLimit = 1 << 20;
    private const int TrailingLimit = 64 << 20;
    private readonly byte[] buffer = ArrayPool<byte>.Shared.Rent(128 << 10);
    private readonly byte[] headerBlock = new byte[TarHeader.Length];
    private int start;
    private int end;
    private long position;
    private long contentLeft;
    private long padding;

    /// <summary>The next entry, or null at the end of the archive. What was not read of the last entry's content is skipped.</summary>
    /// <exception cref="TarFormatException">The archive is damaged or cut off.</exception>
    public TarEntry? ReadEntry()
    {
        PaxRecords? pax = null;
        string? longName = null;
        string? longLink = null;
        while (true)
        {
            Skip(contentLeft);
            SkipPadding();
            (contentLeft, padding) = (0, 0);
            if (!TryReadHeader(out var block))
            {
                return pax is null && longName is null ? null : throw new TarFormatException("the archive ends after an extended header.");
            }

            var header = new TarHeader(block, position - TarHeader.Length);
            switch (header.TypeFlag)
            {
                case (byte)'x':
                    (pax ??= new PaxRecords()).Add(ReadMetadata(header.Size));
                    break;
                case (byte)'g':
                    // Checked and passed over: no builder of images lets it change the entries that follow. Source: Go, archive/tar,
                    // Reader.Next.
                    new PaxRecords().Add(ReadMetadata(header.Size));
                    break;
                case (byte)'L':
                    longName = PathText.Decode(UntilZero(ReadMetadata(header.Size)));
                    break;
                case (byte)'K':
                    longLink = PathText.Decode(UntilZero(ReadMetadata(header.Size)));
                    break;
                default:
                    return Describe(header, pax ?? new PaxRecords(), longName, longLink);
            }
        }
    }

    /// <summary>The next piece of the entry's content, valid until the next call; empty at its end.</summary>
    /// <exception cref="TarFormatException">The archive is cut off.</exception>
    public ReadOnlySpan<byte> ReadContent(int most = int.MaxValue)
    {
        if (contentLeft == 0)
        {
            return [];
        }

        if (start == end && !Fill())
        {
            throw CutOff();
        }

        var count = (int)Math.Min(Math.Min(contentLeft, most), end - start);
        var piece = buffer.AsSpan(start, count);
        Advance(count);
        contentLeft -= count;
        return piece;
    }

    /// <summary>Reads on to the end of the stream, past the end of the archive, so that digests see every byte.</summary>
    /// <exception cref="TarFormatException">
    /// Far more follows than padding: a little compressed data could keep this busy for days.
    /// </exception>
    public void Drain()
    {
        for (var rest = 0L; Fill(); rest += end)
        {
            if (rest > TrailingLimit)
            {
                throw new TarFormatException($"more than {TrailingLimit} bytes follow the end of the archive.");
            }
        }
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(buffer);

    private static ReadOnlySpan<byte> UntilZero(ReadOnlySpan<byte> text) =>
        text.IndexOf((byte)0) is >= 0 and var zero ? text[..zero] : text;

    private static TarFormatException CutOff() => new("the archive is cut off.");

    private TarEntry Describe(TarHeader header, PaxRecords pax, string? longName, string? longLink)
    {
        var name = pax.GetText("GNU.sparse.name") ?? pax.GetText("path") ?? longName ?? header.Name;
        var kind = KindOf(header.TypeFlag, name);
        var stored = kind == TarEntryKind.File ? pax.GetNumber("size") ?? header.Size : 0;
        if (stored < 0)
        {
            throw new TarFormatException($"entry '{name}' has a negative size.");
        }

        (contentLeft, padding) = (stored, -stored & (TarHeader.Length - 1));
        var sparse = kind == TarEntryKind.File ? SparseFormat.ReadMap(header, pax, stored, ReadRaw, ReadContentBlock) : null;
        var (seconds, nanoseconds) = pax.GetTime("mtime") ?? (header.ModificationSeconds, 0);
        return new TarEntry
        {
            Kind = kind,
            Name = name,
            LinkName = pax.GetText("linkpath") ?? longLink ?? header.LinkName,
            Mode = header.Mode,
            UserId = ToId(pax.GetNumber("uid") ?? header.UserId, name),
            GroupId = ToId(pax.GetNumber("gid") ?? header.GroupId, name),
            Size = sparse?.Size ?? stored,
            ModificationSeconds = seconds,
            ModificationNanoseconds = nanoseconds,
            DeviceMajor = kind is TarEntryKind.CharacterDevice or TarEntryKind.BlockDevice ? header.DeviceMajor : 0,
            DeviceMinor = kind is TarEntryKind.CharacterDevice or TarEntryKind.BlockDevice ? header.DeviceMinor : 0,
            Xattrs = pax.GetXattrs(),
            SparseRanges = sparse?.Ranges,
        };
    }

    private static TarEntryKind KindOf(byte flag, string name) => flag switch
    {
        // Before ustar a folder was a file whose name ends in a slash; since then such a file is a file. Source: Go, archive/tar,
        // Reader.next.
        0 => name.EndsWith('/') ? TarEntryKind.Directory : TarEntryKind.File,
        (byte)'0' or (byte)'7' or (byte)'S' => TarEntryKind.File,
        (byte)'1' => TarEntryKind.HardLink,
        (byte)'2' => TarEntryKind.SymbolicLink,
        (byte)'3' => TarEntryKind.CharacterDevice,
        (byte)'4' => TarEntryKind.BlockDevice,
        (byte)'5' => TarEntryKind.Directory,
        (byte)'6' => TarEntryKind.Fifo,
        _ => throw new TarFormatException($"entry '{name}' has the unknown type {flag}."),
    };

    private static uint ToId(long id, string name) =>
        id is >= 0 and < uint.MaxValue
            ? (uint)id
            : throw new TarFormatException($"entry '{name}' has the owner or group {id}, which is out of range.");

    private bool TryReadHeader(out ReadOnlySpan<byte> block)
    {
        block = default;
        if (!Ensure(TarHeader.Length))
        {
            return start == end ? false : throw CutOff();
        }

        buffer.AsSpan(start, TarHeader.Length).CopyTo(headerBlock);
        block = headerBlock;
        Advance(TarHeader.Length);
        return block.ContainsAnyExcept((byte)0);
    }

    private byte[] ReadMetadata(long size)
    {
        if (size is < 0 or > MetadataLimit)
        {
            throw new TarFormatException($"an extended header has {size} bytes; at most {MetadataLimit} are accepted.");
        }

        var bytes = new byte[size];
        ReadRaw(bytes);
        padding = -size & (TarHeader.Length - 1);
        return bytes;
    }

    /// <summary>Bytes that do not belong to the entry's stored content.</summary>
    private void ReadRaw(Span<byte> target)
    {
        while (!target.IsEmpty)
        {
            if (start == end && !Fill())
            {
                throw CutOff();
            }

            var count = Math.Min(target.Length, end - start);
            buffer.AsSpan(start, count).CopyTo(target);
            Advance(count);
            target = target[count..];
        }
    }

    private void ReadContentBlock(Span<byte> target)
    {
        contentLeft = contentLeft >= target.Length ? contentLeft - target.Length : throw CutOff();
        ReadRaw(target);
    }

    private void Skip(long count)
    {
        while (count > 0)
        {
            if (start == end && !Fill())
            {
                throw CutOff();
            }

            var step = (int)Math.Min(count, end - start);
            Advance(step);
            count -= step;
        }
    }

    /// <summary>
    /// Some writers (umoci insert) end with the content of the last file; readers of images take that for the end of the archive.
    /// </summary>
    private void SkipPadding()
    {
        if (padding > 0 && Ensure(1))
        {
            Skip(padding);
        }
    }

    private bool Ensure(int count)
    {
        if (end - start >= count)
        {
            return true;
        }

        buffer.AsSpan(start, end - start).CopyTo(buffer);
        (start, end) = (0, end - start);
        while (end < count)
        {
            var read = stream.Read(buffer, end, buffer.Length - end);
            if (read == 0)
            {
                return false;
            }

            end += read;
        }

        return true;
    }

    private bool Fill()
    {
        start = 0;
        end = stream.Read(buffer, 0, buffer.Length);
        return end > 0;
    }

    private void Advance(int count)
    {
        start += count;
        position += count;
    }
}
