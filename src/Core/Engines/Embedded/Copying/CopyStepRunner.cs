using System.Collections.Immutable;
using ContainerStages.Diagnostics;
using ContainerStages.Layers;
using ContainerStages.Planning;
using ContainerStages.Snapshots;

namespace ContainerStages.Engines;

/// <summary>Writes what a copy selected into a layer. Source: Dockerfile reference, COPY.</summary>
internal static class CopyStepRunner
{
    /// <summary>
    /// True where the copy has to be written into a folder: what an archive or a longer file becomes is not known before it is written.
    /// </summary>
    public static bool NeedsFolder(PlannedCopy copy) => copy.Unpack || copy.Append;

    /// <param name="sink">A <see cref="LayerComposer"/> where the copy <see cref="NeedsFolder">needs one</see>.</param>
    /// <param name="scratch">A folder that may be made and is thrown away; for the same copies.</param>
    public static void Copy(
        CopySelection selection, ImmutableArray<string> lower, ILayerSink sink, string scratch, CancellationToken cancellationToken)
    {
        var (copy, sources) = (selection.Copy, selection.Sources);
        var composer = NeedsFolder(copy) ? (LayerComposer)sink : null;
        if (sources.Count == 0 && !copy.Parents)
        {
            return;
        }

        var view = sink.ViewWith(lower);
        var destination = view.Resolve(copy.Destination, out var existing);
        var intoFolder = copy.Destination.EndsWith('/') || existing is { IsDirectory: true };
        if (!intoFolder && (sources.Count > 1 || copy.OneOfSeveral) && sources.Any(source => !source.IsDirectory))
        {
            throw new BuildFailedException(StepDiagnostics.SeveralIntoFile(copy.Instruction, copy.Destination, copy.Location));
        }

        var rules = new CopyRules(view, selection);
        if (copy.Parents)
        {
            // Also where nothing matched.
            sink.MakeDirectory(destination, rules.Owner ?? default, rules.ModeOfNewFolders);
        }

        foreach (var source in sources)
        {
            if (copy.Unpack
                && !source.IsDirectory
                && source.Entries[0].Entry.IsRegularFile
                && UserArchive.IsArchive(source.Entries[0].Entry.Open()))
            {
                ArchiveMerge.Unpack(
                    source, destination, rules, composer!, Path.Combine(scratch, Guid.NewGuid().ToString("N")), cancellationToken);
                continue;
            }

            var target = intoFolder && !source.IsDirectory ? Combine(destination, source.Name) : destination;
            sink.MakeDirectory(
                source.IsDirectory && (copy.Destination.EndsWith('/') || copy.Parents) ? target : LayerComposer.Parent(target),
                rules.Owner ?? default,
                rules.ModeOfNewFolders);
            CopyEntries(source, target, rules, sink, copy.Append ? new AppendedFiles(view, composer!, scratch) : null, cancellationToken);
        }
    }

    private static void CopyEntries(
        SelectedSource source,
        string target,
        CopyRules rules,
        ILayerSink sink,
        AppendedFiles? appended,
        CancellationToken cancellationToken)
    {
        var linked = new HardLinks();
        foreach (var (relativePath, entry) in source.Entries)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var path = relativePath.Length == 0 ? target : Combine(target, relativePath);
            if (relativePath.Length == 0 && entry.IsDirectory)
            {
                // Only the content of a folder is copied: the destination is made like any other missing folder.
                sink.MakeDirectory(path, rules.Owner ?? default, rules.ModeOfNewFolders);
            }
            else if (entry.IsDirectory)
            {
                sink.ReplaceDirectory(path, rules.OwnerOf(entry), rules.ModeOf(entry));
            }
            else if (appended?.Join(path, entry) is { } joined)
            {
                sink.CopyFile(path, joined, rules.OwnerOf(entry), rules.ModeOf(entry), withAttributes: false);
            }
            else if (linked.FirstName(entry, path) is { } first)
            {
                sink.LinkFile(path, first);
            }
            else
            {
                sink.CopyFile(path, entry, rules.OwnerOf(entry), rules.ModeOf(entry), rules.KeepsAttributes);
            }
        }
    }

    private static string Combine(string folder, string name) => folder == "/" ? "/" + name : $"{folder}/{name}";
}

/// <summary>Files whose content goes behind that of a file which is there already.</summary>
/// <param name="scratch">A folder that may be made and is thrown away.</param>
internal sealed class AppendedFiles(UnionView view, LayerComposer composer, string scratch)
{
    /// <summary>The two contents as one file, on lines of their own; null where there is nothing to go behind.</summary>
    public UnionEntry? Join(string path, UnionEntry added)
    {
        composer.Settle();
        view.Resolve(path, out var before);
        if (before is not { IsRegularFile: true } || !added.IsRegularFile)
        {
            return null;
        }

        Directory.CreateDirectory(scratch);
        var joined = Path.Combine(scratch, Guid.NewGuid().ToString("N"));
        var first = File.ReadAllBytes(before.HostPath!);
        using (var file = File.Create(joined))
        {
            file.Write(first);
            file.Write(first is [] or [.., (byte)'\n'] ? [] : "\n"u8);
            file.Write(added.ReadAllBytes());
        }

        return new UnionEntry(path, joined, []);
    }
}

/// <summary>
/// Owner and mode of what a copy writes: --chown and --chmod, else root's for the context and the source's own for stages and images.
/// </summary>
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

    /// <summary>What an octal --chmod says; a symbolic one changes modes that are there. As BuildKit does.</summary>
    public uint ModeOfNewFolders => mode?.Octal ?? 0x1EDu;

    /// <summary>Capabilities of a developer's files stay behind, as with Docker; those of stages and images come along.</summary>
    public bool KeepsAttributes => !isForeign;

    public uint ModeOf(UnionEntry entry)
    {
        var own = entry.IsNoFile ? 0x1EDu : entry.Status.Permissions;
        return mode?.Apply(own, entry.IsDirectory) ?? own;
    }
}
