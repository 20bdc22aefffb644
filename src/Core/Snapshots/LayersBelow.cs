namespace ContainerStages.Snapshots;

/// <summary>What a layer that is being written stands on, without what it replaces.</summary>
/// <param name="view">Of layers that are finished. For the use of one thread.</param>
internal sealed class LayersBelow(UnionView view)
{
    private readonly HashSet<string> replaced = new(StringComparer.Ordinal);

    // A path is looked for several times in a row, then its neighbour: on many layers each time would cost as many calls as there are
    // layers.
    private (string Path, UnionEntry? Entry)? latest;
    private (string Path, UnionEntry? Entry)? latestFolder;

    /// <summary>Returns what is there at a path, a link as itself; nothing where it or a folder on the way was replaced.</summary>
    public UnionEntry? Find(string path)
    {
        for (var part = path; replaced.Count > 0 && part.Length > 1; part = LayerComposer.Parent(part))
        {
            if (replaced.Contains(part))
            {
                return null;
            }
        }

        if (latest?.Path != path)
        {
            latest = (path, path == "/" ? view.Find(path) : Inside(LayerComposer.Parent(path), path[(path.LastIndexOf('/') + 1)..]));
        }

        return latest?.Entry;
    }

    /// <summary>From now on nothing is there at the path and inside.</summary>
    public void Replace(string path) => replaced.Add(path);

    private UnionEntry? Inside(string folder, string name)
    {
        if (latestFolder?.Path != folder)
        {
            latestFolder = (folder, view.Find(folder));
        }

        return latestFolder?.Entry is { } entry ? UnionView.Child(entry, name) : null;
    }
}
