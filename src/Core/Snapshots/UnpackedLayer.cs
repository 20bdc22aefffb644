using System.Collections.Immutable;
using ContainerStages.Content;
using ContainerStages.Layers;
using ContainerStages.Posix;

namespace ContainerStages.Snapshots;

/// <summary>The folder of one layer of an image.</summary>
/// <param name="Implied">See <see cref="Layers.ExtractedLayer.ImpliedFolders"/>.</param>
internal sealed record UnpackedLayer(string Folder, ImmutableArray<string> Implied)
{
    private const string ImpliedSuffix = ".implied";

    /// <summary>Files that belong to a snapshot and stand beside it.</summary>
    public static IEnumerable<string> Companions(string snapshot) => [snapshot + ImpliedSuffix, RecordedOwners.FileOf(snapshot)];

    /// <summary>Reads what was remembered of a snapshot.</summary>
    public static UnpackedLayer Read(string snapshot)
    {
        return new UnpackedLayer(
            snapshot,
            SealedFile.Read(snapshot + ImpliedSuffix) is { } bytes ? [.. PathText.Decode(bytes).Split('\0')[..^1]] : []);
    }

    /// <summary>False where nothing was remembered of a snapshot, or it was damaged.</summary>
    public static bool IsRemembered(string snapshot) => SealedFile.Read(snapshot + ImpliedSuffix) is not null;

    /// <summary>Remembers which folders the archive of a snapshot implied. To be called before the snapshot appears.</summary>
    public static void Remember(string snapshot, ImmutableArray<string> implied) =>
        SealedFile.Write(snapshot + ImpliedSuffix, PathText.Encode(string.Concat(implied.Select(path => path + '\0'))));
}
