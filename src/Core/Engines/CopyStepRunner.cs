using System.Collections.Immutable;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Snapshots;

namespace ContainerStages.Engines;

/// <summary>Writes what a copy selected into a layer. Source: Dockerfile reference, COPY.</summary>
internal static class CopyStepRunner
{
    public static void Copy(CopySelection selection, ImmutableArray<string> lower, LayerComposer composer, CancellationToken cancellationToken)
    {
        if (selection.Sources.Count == 0)
        {
            return;
        }

        var (copy, sources) = (selection.Copy, selection.Sources);
        var view = composer.ViewWith(lower);
        var destination = view.Resolve(copy.Destination, out var existing);
        var intoFolder = copy.Destination.EndsWith('/') || existing is { IsDirectory: true };
        if (!intoFolder && sources.Count > 1)
        {
            throw new BuildFailedException(StepDiagnostics.SeveralIntoFile(copy.Destination, copy.Location));
        }

        var rules = new CopyRules(view, selection);
        foreach (var source in sources)
        {
            var target = intoFolder && !source.IsDirectory ? Combine(destination, source.Name) : destination;
            composer.MakeDirectory(source.IsDirectory && copy.Destination.EndsWith('/') ? target : Parent(target), rules.Owner ?? default);
            CopyEntries(source, target, rules, composer, cancellationToken);
        }
    }

    private static void CopyEntries(SelectedSource source, string target, CopyRules rules, LayerComposer composer, CancellationToken cancellationToken)
    {
        var linked = new Dictionary<(ulong Device, ulong Inode), string>();
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
            else if (FirstName(linked, entry, path) is { } first)
            {
                composer.LinkFile(path, first);
            }
            else
            {
                composer.CopyFile(path, entry.HostPath!, entry.Status, rules.OwnerOf(entry), rules.ModeOf(entry), rules.KeepsAttributes);
            }
        }
    }

    /// <summary>What this copy made of another name of the same file; null for the first.</summary>
    private static string? FirstName(Dictionary<(ulong Device, ulong Inode), string> linked, UnionEntry entry, string path)
    {
        var file = (entry.Status.Device, entry.Status.Inode);
        return entry.IsRegularFile && entry.Status.LinkCount > 1 && !linked.TryAdd(file, path) ? linked[file] : null;
    }

    private static string Combine(string folder, string name) => folder == "/" ? "/" + name : $"{folder}/{name}";

    private static string Parent(string path) => path.LastIndexOf('/') is > 0 and var slash ? path[..slash] : "/";
}

/// <summary>Owner and mode of what a copy writes: --chown and --chmod, else root's for the context and the source's own for stages and images.</summary>
internal sealed class CopyRules
{
    private readonly uint? mode;
    private readonly bool fromContext;

    public CopyRules(UnionView view, CopySelection selection)
    {
        var copy = selection.Copy;
        fromContext = selection.FromContext;
        Owner = copy.Chown is { } chown ? ImageUsers.Find(view, chown, copy.Location) : null;
        mode = copy.Chmod is { } chmod ? ReadMode(chmod, copy.Location) : null;
    }

    /// <summary>The owner that --chown names, or null.</summary>
    public Ownership? Owner { get; }

    public Ownership OwnerOf(UnionEntry entry) => Owner ?? (fromContext ? default : new Ownership(entry.Status.UserId, entry.Status.GroupId));

    public uint ModeOf(UnionEntry entry) => mode ?? entry.Status.Permissions;

    /// <summary>Capabilities of a developer's files stay behind, as with Docker; those of stages and images come along.</summary>
    public bool KeepsAttributes => !fromContext;

    private static uint ReadMode(string chmod, SourceLocation location)
    {
        uint value = 0;
        foreach (var digit in chmod)
        {
            value = digit is >= '0' and <= '7' && chmod.Length <= 5 ? (value * 8) + (uint)(digit - '0') : uint.MaxValue;
            if (value > 0xFFF)
            {
                throw new BuildFailedException(StepDiagnostics.BadMode(chmod, location));
            }
        }

        return value;
    }
}
