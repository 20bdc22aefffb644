using System.Collections.Immutable;
using ContainerStages.Posix;

namespace ContainerStages.Snapshots;

/// <summary>The folder of one layer of an image.</summary>
/// <param name="Implied">See <see cref="Layers.ExtractedLayer.ImpliedFolders"/>.</param>
public sealed record UnpackedLayer(string Folder, ImmutableArray<string> Implied)
{
    private const string ImpliedSuffix = ".implied";

    /// <summary>Files that belong to a snapshot and stand beside it.</summary>
    public static IEnumerable<string> Companions(string snapshot) => [snapshot + ImpliedSuffix];

    /// <summary>Reads what was remembered of a snapshot.</summary>
    public static UnpackedLayer Read(string snapshot)
    {
        var file = snapshot + ImpliedSuffix;
        return new UnpackedLayer(snapshot, File.Exists(file) ? [.. PathText.Decode(File.ReadAllBytes(file)).Split('\0')] : []);
    }

    /// <summary>Remembers which folders the archive of a snapshot implied. To be called before the snapshot appears.</summary>
    public static void Remember(string snapshot, ImmutableArray<string> implied)
    {
        if (!implied.IsEmpty)
        {
            Content.StoreDirectory.WriteAtomically(snapshot + ImpliedSuffix, PathText.Encode(string.Join('\0', implied)));
        }
    }
}
