namespace ContainerStages.Layers;

/// <summary>Kinds of tar entries, by the type flag of the header. Source: POSIX pax, ustar Interchange Format.</summary>
internal enum TarEntryKind
{
    File,
    HardLink,
    SymbolicLink,
    CharacterDevice,
    BlockDevice,
    Directory,
    Fifo,
}

/// <summary>
/// What a tar says of one entry, with pax records and GNU long names applied; names as written (see <see cref="Posix.PathText"/> for
/// bytes that are not UTF-8).
/// </summary>
internal sealed record TarEntry
{
    public required TarEntryKind Kind { get; init; }

    public required string Name { get; init; }

    /// <summary>Target of a link; empty for everything else.</summary>
    public string LinkName { get; init; } = "";

    /// <summary>Permission bits with set-id and sticky bits.</summary>
    public uint Mode { get; init; }

    public uint UserId { get; init; }

    public uint GroupId { get; init; }

    /// <summary>Content in bytes as a reader of the file sees it; 0 for everything but files.</summary>
    public long Size { get; init; }

    /// <summary>Seconds since 1970.</summary>
    public long ModificationSeconds { get; init; }

    public long ModificationNanoseconds { get; init; }

    public uint DeviceMajor { get; init; }

    public uint DeviceMinor { get; init; }

    /// <summary>Extended attributes by name, values as bytes.</summary>
    public IReadOnlyList<KeyValuePair<string, byte[]>> Xattrs { get; init; } = [];

    /// <summary>Where the bytes of a sparse file belong, in order; null for an ordinary file.</summary>
    public IReadOnlyList<SparseRange>? SparseRanges { get; init; }
}

/// <summary>A part of a sparse file that has content, in bytes.</summary>
internal readonly record struct SparseRange(long Offset, long Length);

/// <summary>A tar that does not follow the format, is cut off or asks for too much; the text says what and where.</summary>
internal sealed class TarFormatException(string message) : IOException(message);
