using System.Collections.Immutable;
using ContainerStages.Diagnostics;
using ContainerStages.Layers;
using ContainerStages.Snapshots;

namespace ContainerStages.Engines;

/// <summary>Writes what a copy selected into a layer. Source: Dockerfile reference, COPY.</summary>
internal static class CopyStepRunner
{
    /// <param name="scratch">A folder that may be made and is thrown away.</param>
    public static void Copy(CopySelection selection, ImmutableArray<string> lower, LayerComposer composer, string scratch, CancellationToken cancellationToken)
    {
        if (selection.Sources.Count == 0)
        {
            return;
        }

        var (copy, sources) = (selection.Copy, selection.Sources);
        var view = composer.ViewWith(lower);
        var destination = view.Resolve(copy.Destination, out var existing);
        var intoFolder = copy.Destination.EndsWith('/') || existing is { IsDirectory: true };
        if (!intoFolder && (sources.Count > 1 || copy.OneOfSeveral))
        {
            throw new BuildFailedException(StepDiagnostics.SeveralIntoFile(copy.Destination, copy.Location));
        }

        var rules = new CopyRules(view, selection);
        foreach (var source in sources)
        {
            if (copy.Unpack && !source.IsDirectory && UserArchive.IsArchive(source.Entries[0].Entry.HostPath!))
            {
                ArchiveMerge.Unpack(source, destination, rules, composer, Path.Combine(scratch, Guid.NewGuid().ToString("N")), cancellationToken);
                continue;
            }

            var target = intoFolder && !source.IsDirectory ? Combine(destination, source.Name) : destination;
            composer.MakeDirectory(source.IsDirectory && (copy.Destination.EndsWith('/') || copy.Parents) ? target : Parent(target), rules.Owner ?? default);
            CopyEntries(source, target, rules, composer, cancellationToken);
        }
    }

    private static void CopyEntries(SelectedSource source, string target, CopyRules rules, LayerComposer composer, CancellationToken cancellationToken)
    {
        var linked = new HardLinks();
        foreach (var (relativePath, entry) in source.Entries)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var path = relativePath.Length == 0 ? target : Combine(target, relativePath);
            if (relativePath.Length == 0 && entry.IsDirectory)
            {
                // Only the content of a folder is copied: the destination is made like any other missing folder.
                composer.MakeDirectory(path, rules.Owner ?? default);
            }
            else if (entry.IsDirectory)
            {
                composer.ReplaceDirectory(path, rules.OwnerOf(entry), rules.ModeOf(entry));
            }
            else if (linked.FirstName(entry, path) is { } first)
            {
                composer.LinkFile(path, first);
            }
            else
            {
                composer.CopyFile(path, entry.HostPath!, entry.Status, rules.OwnerOf(entry), rules.ModeOf(entry), rules.KeepsAttributes);
            }
        }
    }

    private static string Combine(string folder, string name) => folder == "/" ? "/" + name : $"{folder}/{name}";

    private static string Parent(string path) => path.LastIndexOf('/') is > 0 and var slash ? path[..slash] : "/";
}

/// <summary>Owner and mode of what a copy writes: --chown and --chmod, else root's for the context and the source's own for stages and images.</summary>
internal sealed class CopyRules
{
    private readonly ModeChange? mode;
    private readonly bool isForeign;

    public CopyRules(UnionView view, CopySelection selection)
    {
        var copy = selection.Copy;
        isForeign = selection.IsForeign;
        Owner = copy.Chown is { } chown ? ImageUsers.Find(view, chown, copy.Location) : null;
        mode = copy.Chmod is { } chmod ? ModeChange.Read(chmod, copy.Location) : null;
    }

    /// <summary>The owner that --chown names, or null.</summary>
    public Ownership? Owner { get; }

    public Ownership OwnerOf(UnionEntry entry) => Owner ?? (isForeign ? default : new Ownership(entry.Status.UserId, entry.Status.GroupId));

    /// <summary>Owner of something that an archive holds.</summary>
    public Ownership OwnerInArchive(UnionEntry entry) => Owner ?? new Ownership(entry.Status.UserId, entry.Status.GroupId);

    /// <summary>Capabilities of a developer's files stay behind, as with Docker; those of stages and images come along.</summary>
    public bool KeepsAttributes => !isForeign;

    public uint ModeOf(UnionEntry entry)
    {
        var own = entry.HostPath is null ? 0x1EDu : entry.Status.Permissions;
        return mode?.Apply(own, entry.IsDirectory) ?? own;
    }
}
