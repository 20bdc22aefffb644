using System.Collections.Concurrent;
using System.Collections.Immutable;
using ContainerStages.Posix;

namespace ContainerStages.Snapshots;

/// <summary>What decides which files of a build context are hidden; paths are relative to the context, without a leading slash.</summary>
internal interface IPathFilter
{
    /// <summary>True where a folder and everything below is hidden, so that it needs no visit.</summary>
    bool ExcludesTree(string relativeFolder);

    /// <summary>True where the file or folder is hidden; <paramref name="rule"/> then names the pattern and where it stands.</summary>
    bool Excludes(string relativePath, out string? rule);
}

/// <summary>One thing to copy: its path below the destination (empty for the destination itself) and where it comes from.</summary>
internal readonly record struct SelectedEntry(string RelativePath, UnionEntry Entry);

/// <summary>
/// One source of a COPY: a single file, or the content of a folder. <see cref="Name"/> is the last path element as found.
/// </summary>
internal sealed record SelectedSource(string Name, bool IsDirectory, ImmutableArray<SelectedEntry> Entries);

/// <summary>Finds what the sources of a COPY name in a context or stage. Source: Dockerfile reference, COPY.</summary>
/// <param name="view">The files.</param>
/// <param name="filter">Hides files; null for none.</param>
/// <param name="withSpecialFiles">False for a context, whose sockets and devices are nothing to build from.</param>
internal sealed class SourceSelection(UnionView view, IPathFilter? filter, bool withSpecialFiles = true)
{
    private readonly ConcurrentQueue<string> leftOut = new();

    /// <summary>All matches of one source, in ordinal order; none where it names nothing. A source may hold patterns.</summary>
    public IReadOnlyList<SelectedSource> Select(string source, CancellationToken cancellationToken = default) =>
        [.. Expand(source, cancellationToken).Select(named => SelectOne(named, cancellationToken)).OfType<SelectedSource>()];

    /// <summary>
    /// The same with the folders above each match, from the source's <c>/./</c> on or from the root: one source whose entries keep their
    /// paths. <c>**</c> in the source stands for any number of folders.
    /// </summary>
    public IReadOnlyList<SelectedSource> SelectWithParents(string source, CancellationToken cancellationToken = default)
    {
        var pivot = source.IndexOf("/./", StringComparison.Ordinal);
        var starts = pivot < 0 ? [view.Find("/")!] : ExpandDeep(NamesOf(source[..pivot]), "/", cancellationToken);
        var names = NamesOf(pivot < 0 ? source : source[(pivot + 3)..]);
        var entries = new SortedDictionary<string, UnionEntry>(StringComparer.Ordinal);
        foreach (var start in starts)
        {
            foreach (var match in ExpandDeep(names, start.Path, cancellationToken))
            {
                AddWithParents(start, match, entries, cancellationToken);
            }
        }

        return entries.Count == 0
            ? []
            : [new SelectedSource("", true, [.. entries.Select(pair => new SelectedEntry(pair.Key, pair.Value))])];
    }

    /// <summary>
    /// The folder before the first wildcard of a pattern, where nothing is there to be searched; null where it is there, or a wildcard
    /// comes first. Source: BuildKit, cache/contenthash, splitWildcards.
    /// </summary>
    public string? MissingFolder(string source)
    {
        var names = NamesOf(source);
        var folder = "/" + string.Join('/', names.TakeWhile(name => !FilePattern.IsWildcard(name)));
        var found = Expand(folder).Select(entry => view.Find(entry.Path)).FirstOrDefault();
        return folder == "/"
            || !names.Any(FilePattern.IsWildcard)
            || found is { IsDirectory: true }
            && filter?.ExcludesTree(Relative(found)) != true
            ? null
            : folder[1..];
    }

    /// <summary>True where the source names sockets or devices alone.</summary>
    public bool IsSpecialFile(string source) =>
        Expand(source).Select(entry => view.Find(entry.Path)).FirstOrDefault() is { } entry && IsLeftOut(entry);

    /// <summary>Sockets and devices that were left out so far.</summary>
    public IReadOnlyCollection<string> LeftOut => leftOut;

    /// <summary>The ignore rule that hides a source which exists, or null.</summary>
    public string? HiddenBy(string source) =>
        filter is not null && Expand(source).Select(entry => filter.Excludes(Relative(entry), out var rule) ? rule : null)
            .FirstOrDefault(rule => rule is not null) is { } found
            ? found
            : null;

    private SelectedSource? SelectOne(UnionEntry named, CancellationToken cancellationToken)
    {
        // A link that is named is followed; links found inside folders are copied as links.
        var name = named.Path == "/" ? "" : named.Path[(named.Path.LastIndexOf('/') + 1)..];
        var entry = named.IsSymbolicLink ? view.Find(named.Path) : named;
        if (entry is null)
        {
            return null;
        }

        if (IsLeftOut(entry))
        {
            NoteLeftOut(entry);
            return null;
        }

        if (!entry.IsDirectory)
        {
            return IsHidden(entry) && IsHidden(named) ? null : new SelectedSource(name, false, [new SelectedEntry("", entry)]);
        }

        var entries = ImmutableArray.CreateBuilder<SelectedEntry>();
        AddFolder(entry, "", entries, emit: !IsHidden(entry), cancellationToken);
        return entries.Count == 0 ? null : new SelectedSource(name, true, entries.ToImmutable());
    }

    private void AddFolder(
        UnionEntry folder,
        string relativePath,
        ImmutableArray<SelectedEntry>.Builder entries,
        bool emit,
        CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!emit && filter!.ExcludesTree(Relative(folder)))
        {
            return;
        }

        var mark = entries.Count;
        entries.Add(new SelectedEntry(relativePath, folder));
        foreach (var child in UnionView.List(folder, cancellationToken))
        {
            var name = child.Path[(child.Path.LastIndexOf('/') + 1)..];
            var path = relativePath.Length == 0 ? name : $"{relativePath}/{name}";
            if (child.IsDirectory)
            {
                AddFolder(child, path, entries, !IsHidden(child), cancellationToken);
            }
            else if (IsLeftOut(child))
            {
                NoteLeftOut(child);
            }
            else if (!IsHidden(child))
            {
                entries.Add(new SelectedEntry(path, child));
            }
        }

        if (!emit && entries.Count == mark + 1)
        {
            entries.RemoveAt(mark);
        }
    }

    private void AddWithParents(
        UnionEntry start,
        UnionEntry match,
        SortedDictionary<string, UnionEntry> entries,
        CancellationToken cancellationToken)
    {
        if (SelectOne(match, cancellationToken) is not { } selected)
        {
            return;
        }

        var path = match.Path[start.Path.Length..].TrimStart('/');
        foreach (var entry in selected.Entries)
        {
            entries[entry.RelativePath.Length == 0 ? path : path.Length == 0 ? entry.RelativePath : $"{path}/{entry.RelativePath}"] =
                entry.Entry;
        }

        for (var slash = path.LastIndexOf('/'); slash > 0; slash = path.LastIndexOf('/', slash - 1))
        {
            entries.TryAdd(path[..slash], view.Find($"{start.Path.TrimEnd('/')}/{path[..slash]}")!);
        }
    }

    private IEnumerable<UnionEntry> ExpandDeep(ReadOnlyMemory<string> names, string parent, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (names.IsEmpty)
        {
            return view.Find(parent) is { } found ? [found] : [];
        }

        if (names.Span[0] != "**")
        {
            return view.Find(parent) is { IsDirectory: true } folder
                ? UnionView.List(folder, cancellationToken)
                    .Where(child => FilePattern.Matches(names.Span[0], NameOf(child)))
                    .SelectMany(child => names.Length == 1 ? [child] : ExpandDeep(names[1..], child.Path, cancellationToken))
                : [];
        }

        // No folder, or one more: links are not followed here, so that a circle of them has an end.
        var below = view.Find(parent, followLast: false) is { IsDirectory: true } start ? UnionView.List(start, cancellationToken) : [];
        return (names.Length == 1 ? below : ExpandDeep(names[1..], parent, cancellationToken))
            .Concat(below.Where(child => child.IsDirectory).SelectMany(child => ExpandDeep(names, child.Path, cancellationToken)));
    }

    private static string NameOf(UnionEntry entry) => entry.Path[(entry.Path.LastIndexOf('/') + 1)..];

    private static string[] NamesOf(string source) =>
        [.. source.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(name => name != ".")];

    private IEnumerable<UnionEntry> Expand(string source, CancellationToken cancellationToken = default)
    {
        var names = NamesOf(source);
        return names.Any(FilePattern.HasMeta) ? ExpandPattern("/", names, cancellationToken) : Single("/" + string.Join('/', names));
    }

    private IEnumerable<UnionEntry> Single(string path)
    {
        if (view.Find(path, followLast: false) is { } entry)
        {
            yield return entry;
        }
    }

    private IEnumerable<UnionEntry> ExpandPattern(string parent, ReadOnlyMemory<string> names, CancellationToken cancellationToken)
    {
        var name = names.Span[0];
        var rest = names[1..];
        if (view.Find(parent) is not { IsDirectory: true } folder)
        {
            yield break;
        }

        foreach (var child in UnionView.List(folder, cancellationToken))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!FilePattern.Matches(name, child.Path.AsSpan(child.Path.LastIndexOf('/') + 1)))
            {
                continue;
            }

            if (rest.IsEmpty)
            {
                yield return child;
                continue;
            }

            foreach (var match in ExpandPattern(child.Path, rest, cancellationToken))
            {
                yield return match;
            }
        }
    }

    private void NoteLeftOut(UnionEntry entry)
    {
        if (!IsHidden(entry))
        {
            leftOut.Enqueue(entry.HostPath!);
        }
    }

    private bool IsLeftOut(UnionEntry entry) =>
        !withSpecialFiles && ((entry.Status.Mode & FileCalls.S_IFMT) is FileCalls.S_IFSOCK or FileCalls.S_IFCHR or FileCalls.S_IFBLK);

    private bool IsHidden(UnionEntry entry) => filter is not null && entry.Path != "/" && filter.Excludes(Relative(entry), out _);

    private static string Relative(UnionEntry entry) => entry.Path[1..];
}
