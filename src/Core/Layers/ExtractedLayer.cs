using System.Collections.Immutable;

namespace ContainerStages.Layers;

/// <summary>What unpacking a layer gave.</summary>
/// <param name="Size">Bytes of all files as the archive counts them: what <c>docker image ls</c> adds up.</param>
/// <param name="Skipped">
/// What could not be made here, as sentences for people: device nodes for ordinary users, attributes the file system refuses.
/// </param>
/// <param name="ImpliedFolders">
/// Paths of folders that entries needed but the archive lacks, without a leading slash, the empty path for the root; they are root's with
/// mode 0755. Where a layer below has the same folder, its owner and mode belong there.
/// </param>
internal sealed record ExtractedLayer(long Size, ImmutableArray<string> Skipped, ImmutableArray<string> ImpliedFolders);

/// <summary>How much an archive may ask for.</summary>
internal sealed record ExtractionLimits
{
    public static ExtractionLimits Default { get; } = new();

    public long MaxEntries { get; init; } = 4_000_000;

    /// <summary>Sum of the file sizes in bytes, holes included.</summary>
    public long MaxBytes { get; init; } = 1L << 40;
}
