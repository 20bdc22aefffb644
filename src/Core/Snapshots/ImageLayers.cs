using System.Collections.Immutable;
using ContainerStages.Layers;
using ContainerStages.Posix;

namespace ContainerStages.Snapshots;

/// <summary>
/// The layers of an image on top of each other, where overlayfs would show something else than what the layers mean: a folder that an
/// archive needed but did not list keeps owner and mode of the layer below, and an opaque root hides all below. Source: image-spec,
/// layer.md.
/// </summary>
internal static class ImageLayers
{
    /// <summary>
    /// The stack with every layer once: of one that stands in it several times, the topmost. What the lower ones show or hide, that one
    /// shows or hides too, and overlayfs refuses a folder that it has already (ELOOP).
    /// </summary>
    public static ImmutableArray<T> WithoutRepeated<T>(ImmutableArray<T> layers, Func<T, SnapshotId> idOf) =>
        [.. layers.Reverse().DistinctBy(idOf).Reverse()];

    /// <summary>The layers that are to be seen: those from the topmost one with an opaque root on.</summary>
    public static ImmutableArray<UnpackedLayer> Visible(ImmutableArray<UnpackedLayer> layers)
    {
        for (var i = layers.Length - 1; i > 0; i--)
        {
            if (FileCalls.GetXattr(layers[i].Folder, Whiteout.OpaqueXattr, new byte[1], 1) == 1)
            {
                return layers[i..];
            }
        }

        return layers;
    }

    /// <summary>
    /// Implied folders that overlayfs would show with other owner, mode or attributes than the layers below gave them; each with the folder
    /// that is right.
    /// </summary>
    public static IReadOnlyList<(string Path, string Origin)> FindChanged(ImmutableArray<UnpackedLayer> layers)
    {
        var view = new UnionView([.. layers.Select(layer => layer.Folder)]);
        var implied = layers.ToDictionary(layer => layer.Folder, layer => layer.Implied.ToHashSet(StringComparer.Ordinal));
        var changed = new List<(string Path, string Origin)>();
        foreach (var path in layers.Skip(1)
            .SelectMany(layer => layer.Implied)
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal))
        {
            // One that stands in a single layer needs no look at the layers between.
            if (layers.Count(layer => FileCalls.TryStat(HostPath(layer.Folder, path), out _)) < 2
                || view.Find("/" + path, followLast: false) is not { IsDirectory: true } entry)
            {
                continue;
            }

            var origin = entry.Parts.FirstOrDefault(
                part => !layers.Any(layer => part == HostPath(layer.Folder, path) && implied[layer.Folder].Contains(path)));
            if (origin is not null && origin != entry.Parts[0] && Differs(view.StatusOf(origin), view.StatusOf(entry.Parts[0])))
            {
                changed.Add((path, origin));
            }
        }

        return changed;
    }

    /// <summary>Writes a layer that, on top of the others, shows the folders as they should be.</summary>
    /// <param name="target">An empty folder.</param>
    public static void WriteChanged(
        IReadOnlyList<(string Path, string Origin)> changed,
        ImmutableArray<UnpackedLayer> layers,
        string target)
    {
        var view = new UnionView([.. layers.Select(layer => layer.Folder)]);
        LayerComposer.Write(view, target, 0, composer =>
        {
            foreach (var (path, origin) in changed)
            {
                var status = view.StatusOf(origin);
                composer.ReplaceDirectory(
                    path.Length == 0 ? "/" : "/" + path,
                    new Ownership(status.UserId, status.GroupId),
                    status.Permissions);
                FileCopy.Attributes(origin, HostPath(target, path));
            }
        });
    }

    private static bool Differs(in FileStatus one, in FileStatus other) =>
        (one.UserId, one.GroupId, one.Permissions) != (other.UserId, other.GroupId, other.Permissions);

    private static string HostPath(string folder, string path) => path.Length == 0 ? folder : $"{folder}/{path}";
}
