namespace ContainerStages.Snapshots;

/// <summary>What a layer that is being written stands on, without what it replaces.</summary>
internal sealed class LayersBelow(UnionView view)
{
    private readonly HashSet<string> replaced = new(StringComparer.Ordinal);

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

        return view.Find(path, followLast: false);
    }

    /// <summary>From now on nothing is there at the path and inside.</summary>
    public void Replace(string path) => replaced.Add(path);
}
