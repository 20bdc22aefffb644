using ContainerStages.Posix;

namespace ContainerStages.Layers;

/// <summary>What is neither a file nor a folder: what the kernel calls it, and what a tar does.</summary>
internal static class SpecialFiles
{
    private static readonly (uint Type, TarEntryKind Kind)[] Kinds =
    [
        (FileCalls.S_IFLNK, TarEntryKind.SymbolicLink),
        (FileCalls.S_IFIFO, TarEntryKind.Fifo),
        (FileCalls.S_IFCHR, TarEntryKind.CharacterDevice),
        (FileCalls.S_IFBLK, TarEntryKind.BlockDevice),
    ];

    /// <summary>Null for a socket: it is of use only to the process that listened, and tar has no form for it.</summary>
    public static TarEntryKind? KindOf(in FileStatus status)
    {
        var type = status.Mode & FileCalls.S_IFMT;
        return Array.Find(Kinds, known => known.Type == type) is { Type: not 0, Kind: var kind } ? kind : null;
    }

    /// <summary>The kernel's type of such an entry.</summary>
    public static uint TypeOf(TarEntryKind kind) => Array.Find(Kinds, known => known.Kind == kind) is { Type: not 0 and var type }
        ? type
        : throw new ArgumentException($"{kind} is no special file.", nameof(kind));
}
