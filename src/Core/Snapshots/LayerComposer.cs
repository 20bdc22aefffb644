using System.Collections.Immutable;
using ContainerStages.Diagnostics;
using ContainerStages.Posix;

namespace ContainerStages.Snapshots;

/// <summary>
/// Writes a new layer folder on top of a stack, without mounting: what exists below is seen through the union view, folders on the way
/// are repeated with the metadata they have below (as overlayfs copies them up), everything else is new. Paths given are free of links.
/// Times are set to one (seconds since 1970), so that a layer depends on content alone. Files are copied beside the
/// calling thread; <see cref="Write"/> returns when all are there.
/// </summary>
internal sealed class LayerComposer : ILayerSink
{
    private readonly LayersBelow below;
    private readonly string layer;
    private readonly CopyQueue copies = new();
    private readonly HashSet<string> known = new(StringComparer.Ordinal) { "/" };
    private readonly NewFolders fresh = new();
    private readonly ComposedMetadata metadata;

    private LayerComposer(UnionView below, string layer, long epoch) =>
        (this.below, this.layer, metadata) = (new LayersBelow(below), layer, new ComposedMetadata(layer, epoch));

    /// <summary>Makes a layer of what <paramref name="write"/> puts into it.</summary>
    /// <param name="below">What the layer stands on.</param>
    /// <param name="layer">Its folder, which exists.</param>
    /// <param name="epoch">Time of all files, in seconds since 1970.</param>
    /// <param name="write">Writes.</param>
    public static void Write(UnionView below, string layer, long epoch, Action<LayerComposer> write)
    {
        var composer = new LayerComposer(below, layer, epoch);
        composer.MakeRoot();
        composer.Compose(write);
        composer.metadata.Save();
    }

    /// <summary>The same into a folder of the user, whose own owner and mode stay.</summary>
    public static void WriteInto(string folder, long epoch, Action<LayerComposer> write) =>
        new LayerComposer(new UnionView([]), folder, epoch).Compose(write);

    /// <summary>Copies owner and mode of the root, which overlayfs takes from the topmost layer.</summary>
    public static void MakeRoot(UnionView below, string layer, long epoch) => new LayerComposer(below, layer, epoch).MakeRoot();

    private void MakeRoot()
    {
        if (below.Find("/") is { HostPath: not null } root)
        {
            metadata.Set(layer, OwnerOf(root), root.Status.Permissions, isFolder: true);
        }
    }

    public UnionView ViewWith(ImmutableArray<string> lower)
    {
        Settle();
        return new UnionView(lower.Add(layer));
    }

    /// <summary>Returns when all files that were asked for so far can be read.</summary>
    public void Settle() => copies.Settle();

    private void Compose(Action<LayerComposer> write)
    {
        try
        {
            write(this);
        }
        catch
        {
            // The folder is about to be removed.
            copies.Abandon();
            throw;
        }

        Settle();
        SetTimesOfFolders();
    }

    /// <summary>Writing into folders changed them.</summary>
    private void SetTimesOfFolders()
    {
        foreach (var path in known)
        {
            metadata.SetTimes(path == "/" ? layer : HostPathOf(path));
        }
    }

    public void MakeDirectory(string path, Ownership owner, uint mode = 0x1ED)
    {
        if (!known.Add(path))
        {
            return;
        }

        MakeDirectory(Parent(path), owner, mode);
        var target = HostPathOf(path);
        if (fresh.IsFirstAt(path))
        {
            CreateDirectory(target, owner, mode);
            fresh.Add(path);
            return;
        }

        SettleFor(path);
        if (FileCalls.TryStat(target, out var made))
        {
            if (!made.IsDirectory)
            {
                throw new BuildFailedException(StepDiagnostics.FileInTheWay(path));
            }

            return;
        }

        switch (below.Find(path))
        {
            case { IsDirectory: true } existing:
                CreateDirectory(target, OwnerOf(existing), existing.Status.Permissions);
                break;
            case null:
                CreateDirectory(target, owner, mode);
                fresh.Add(path);
                break;
            default:
                throw new BuildFailedException(StepDiagnostics.FileInTheWay(path));
        }
    }

    /// <summary>
    /// Takes away what stands at <paramref name="path"/> in the way of an archive's entry: anything but a folder where a folder is to be
    /// made, and the other way round.
    /// </summary>
    public void ClearFor(string path, bool directory)
    {
        SettleFor(path);
        var target = HostPathOf(path);
        if (FileCalls.TryStat(target, out var made))
        {
            if (made.IsDirectory != directory)
            {
                Forget(path, target);
            }

            return;
        }

        if (below.Find(path) is { } existing && existing.IsDirectory != directory)
        {
            below.Replace(path);
        }
    }

    public void ReplaceDirectory(string path, Ownership owner, uint mode)
    {
        MakeDirectory(path, owner, mode);
        metadata.Set(HostPathOf(path), owner, mode, isFolder: true);
    }

    /// <summary>The same with the attributes of <paramref name="source"/>.</summary>
    public void ReplaceDirectory(string path, Ownership owner, uint mode, UnionEntry source)
    {
        ReplaceDirectory(path, owner, mode);
        metadata.CopyAttributes(source, HostPathOf(path));
    }

    public void LinkFile(string path, string first)
    {
        SettleFor(first);
        var target = ClearFile(path);
        using var here = FileCalls.OpenDirectory(layer);
        if (FileCalls.LinkAt(here, first[1..], here, path[1..], 0) != 0)
        {
            throw Errno.Exception("linkat", target);
        }

        metadata.Link(target, HostPathOf(first));
    }

    /// <summary>True where a folder stands at the path, in this layer or below.</summary>
    public bool IsDirectory(string path) => !copies.Holds(path) && Exists(path, out var isDirectory) && isDirectory;

    public void CopyFile(string path, UnionEntry source, Ownership owner, uint mode, bool withAttributes)
    {
        var target = ClearFile(path);
        if (source.IsRegularFile)
        {
            copies.Add(path, () =>
            {
                FileCopy.Content(source, target);
                metadata.Set(target, owner, mode, isFolder: false);
                CopyAttributes(source, target, withAttributes);
            });
        }
        else if (source.IsSymbolicLink)
        {
            FileCalls.Check(FileCalls.Symlink(source.LinkTarget, target), "symlink", target);
            metadata.SetLink(target, owner);
            CopyAttributes(source, target, withAttributes);
        }
        else
        {
            metadata.MakeNode(target, source, owner, mode);
            CopyAttributes(source, target, withAttributes);
        }
    }

    /// <summary>Takes away a file that stands at the path in this layer.</summary>
    private string ClearFile(string path)
    {
        if (fresh.IsFirstAt(path))
        {
            return HostPathOf(path);
        }

        SettleFor(path);
        if (IsDirectory(path))
        {
            throw new BuildFailedException(StepDiagnostics.FolderInTheWay(path));
        }

        var target = HostPathOf(path);
        if (FileCalls.TryStat(target, out _))
        {
            FileCalls.Check(FileCalls.Unlink(target), "unlink", target);
        }

        return target;
    }

    private void SettleFor(string path)
    {
        if (copies.Holds(path))
        {
            copies.Settle();
        }
    }

    private void Forget(string path, string target)
    {
        copies.Settle();
        TreeRemover.Remove(target);
        known.RemoveWhere(folder => folder == path || folder.StartsWith(path + "/", StringComparison.Ordinal));
        fresh.Remove(path);
        below.Replace(path);
    }

    private bool Exists(string path, out bool isDirectory)
    {
        if (FileCalls.TryStat(HostPathOf(path), out var made))
        {
            isDirectory = made.IsDirectory;
            return true;
        }

        var entry = below.Find(path);
        isDirectory = entry?.IsDirectory ?? false;
        return entry is not null;
    }

    private void CreateDirectory(string target, Ownership owner, uint mode)
    {
        FileCalls.Check(FileCalls.Mkdir(target, 0x1C0), "mkdir", target);
        metadata.Set(target, owner, mode, isFolder: true);
    }

    private void CopyAttributes(UnionEntry source, string target, bool withAttributes)
    {
        if (withAttributes)
        {
            metadata.CopyAttributes(source, target);
        }
    }

    private static Ownership OwnerOf(UnionEntry entry) => new(entry.Status.UserId, entry.Status.GroupId);

    private string HostPathOf(string path) => layer + path;

    /// <summary>Returns the folder that an absolute path is in.</summary>
    internal static string Parent(string path) => path.LastIndexOf('/') is > 0 and var slash ? path[..slash] : "/";
}
