using ContainerStages.Posix;

namespace ContainerStages.Layers;

/// <summary>Turns the files that mean removals (<see cref="Whiteout"/>) into the form that overlayfs reads.</summary>
internal sealed class MarkerEntries(LayerFolder folder, ExtractionNotes notes)
{
    public bool IsMarker(EntryPath path, TarEntry entry)
    {
        if (path.Parent.Split('/')
            .Any(part => part.StartsWith(Whiteout.Prefix, StringComparison.Ordinal)
                && !part.StartsWith(Whiteout.MetadataPrefix, StringComparison.Ordinal)))
        {
            throw notes.Refuse(entry, "lies in a folder whose name is reserved for removed files.");
        }

        return path.Name.StartsWith(Whiteout.Prefix, StringComparison.Ordinal)
            || path.Parent.Split('/').Any(part => part.StartsWith(Whiteout.MetadataPrefix, StringComparison.Ordinal));
    }

    public void Apply(TarEntry entry, EntryPath path)
    {
        if (path.Parent.Contains(Whiteout.MetadataPrefix, StringComparison.Ordinal))
        {
            return;
        }

        if (path.Name == Whiteout.Opaque)
        {
            LayerFolder.MarkOpaque(folder.OpenParent(path.Parent), path.Parent);
        }
        else if (!path.Name.StartsWith(Whiteout.MetadataPrefix, StringComparison.Ordinal))
        {
            Hide(entry, path.Parent, path.Name[Whiteout.Prefix.Length..]);
        }
    }

    /// <summary>A whiteout speaks of the layers below only: what this layer itself has under the name stays.</summary>
    private void Hide(TarEntry entry, string parentPath, string name)
    {
        if (name is "" or "." or "..")
        {
            throw notes.Refuse(entry, "is a whiteout without a name.");
        }

        var parent = folder.OpenParent(parentPath);
        if (!FileCalls.TryStat(parent, name, out var existing))
        {
            if (FileCalls.MknodAt(parent, name, FileCalls.S_IFCHR, 0) != 0)
            {
                throw Errno.Exception("mknod", name);
            }
        }
        else if (existing.IsDirectory)
        {
            using var opaque = LayerFolder.OpenFolder(parent, name);
            LayerFolder.MarkOpaque(opaque, name);
        }
    }
}
