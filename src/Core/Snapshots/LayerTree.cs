using System.Collections.Immutable;
using ContainerStages.Diagnostics;
using ContainerStages.Layers;

namespace ContainerStages.Snapshots;

/// <summary>
/// A layer on top of a stack that nobody will read as a folder: its entries are gathered, and <see cref="Write"/> reads the files where
/// they are and writes them as a tar. The tar is the one that a folder of <see cref="LayerComposer"/> would give.
/// </summary>
internal sealed class LayerTree(UnionView view) : ILayerSink
{
    private readonly LayersBelow below = new(view);
    private readonly Dictionary<string, TreeEntry> entries = new(StringComparer.Ordinal) { ["/"] = new TreeEntry { IsDirectory = true } };

    /// <exception cref="InvalidOperationException">Something was written already.</exception>
    public UnionView ViewWith(ImmutableArray<string> lower) => entries.Count == 1
        ? new UnionView(lower)
        : throw new InvalidOperationException("What was gathered for a layer without a folder cannot be looked at.");

    public void MakeDirectory(string path, Ownership owner, uint mode = 0x1ED)
    {
        if (entries.TryGetValue(path, out var known))
        {
            if (!known.IsDirectory)
            {
                throw new BuildFailedException(StepDiagnostics.FileInTheWay(path));
            }

            return;
        }

        MakeDirectory(LayerComposer.Parent(path), owner, mode);
        switch (FindBelow(path))
        {
            case { IsDirectory: true } existing:
                var own = new Ownership(existing.Status.UserId, existing.Status.GroupId);
                Add(path, new TreeEntry { IsDirectory = true, Owner = own, Mode = existing.Status.Permissions });
                break;
            case null:
                Add(path, new TreeEntry { IsDirectory = true, IsNew = true, Owner = owner, Mode = mode });
                break;
            default:
                throw new BuildFailedException(StepDiagnostics.FileInTheWay(path));
        }
    }

    public void ReplaceDirectory(string path, Ownership owner, uint mode)
    {
        MakeDirectory(path, owner, mode);
        (entries[path].Owner, entries[path].Mode) = (owner, mode);
    }

    public void CopyFile(string path, UnionEntry source, Ownership owner, uint mode, bool withAttributes)
    {
        RequireNoDirectory(path);
        Add(path, new TreeEntry { Source = source, Owner = owner, Mode = mode, WithAttributes = withAttributes });
    }

    public void LinkFile(string path, string first)
    {
        RequireNoDirectory(path);
        Add(path, entries[first]);
    }

    /// <summary>Writes all entries, names in the order of their bytes.</summary>
    /// <returns>Bytes of all files and the number of entries.</returns>
    /// <exception cref="SourceChangedException">A file is no longer what was found.</exception>
    public (long Size, int Count) Write(TarStreamWriter writer, LayerWriterOptions options, CancellationToken cancellationToken)
    {
        var writing = new LayerTreeWriter(writer, options, cancellationToken);
        writing.WriteChildren(entries["/"], "");
        return (writing.Size, writing.Count);
    }

    private void RequireNoDirectory(string path)
    {
        var isDirectory = entries.TryGetValue(path, out var known)
            ? known.IsDirectory
            : FindBelow(path) is { IsDirectory: true };
        if (isDirectory)
        {
            throw new BuildFailedException(StepDiagnostics.FolderInTheWay(path));
        }
    }

    /// <summary>What the layers below have at the path, which this layer has not; in a new folder they have nothing.</summary>
    private UnionEntry? FindBelow(string path) =>
        entries[LayerComposer.Parent(path)].IsNew ? null : below.Find(path);

    private void Add(string path, TreeEntry entry)
    {
        entries[path] = entry;
        entries[LayerComposer.Parent(path)].Children[path[(path.LastIndexOf('/') + 1)..]] = entry;
    }
}

/// <summary>A folder, or what another file is copied to. Names of one file share it.</summary>
internal sealed class TreeEntry
{
    private Dictionary<string, TreeEntry>? children;

    public bool IsDirectory { get; init; }

    /// <summary>True for a folder where the layers below have none.</summary>
    public bool IsNew { get; init; }

    public Ownership Owner { get; set; }

    public uint Mode { get; set; }

    /// <summary>Null for a folder.</summary>
    public UnionEntry? Source { get; init; }

    public bool WithAttributes { get; init; }

    /// <summary>Of a folder, by name.</summary>
    public Dictionary<string, TreeEntry> Children => children ??= new Dictionary<string, TreeEntry>(StringComparer.Ordinal);
}
