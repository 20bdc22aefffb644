using System.Collections.Immutable;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Dockerfile;
using ContainerStages.Snapshots;

namespace ContainerStages.Engines;

/// <summary>
/// --exclude of COPY and ADD: patterns as in an ignore file, relative to what a source names. Source: Dockerfile reference, COPY --exclude.
/// </summary>
internal sealed class ExcludePatterns
{
    private readonly IgnoreFile patterns;

    /// <exception cref="BuildFailedException">A pattern is malformed.</exception>
    public ExcludePatterns(ImmutableArray<string> excludes, SourceLocation location)
    {
        try
        {
            patterns = IgnoreFile.Read("", defaults: excludes);
        }
        catch (BuildFailedException malformed)
        {
            throw new BuildFailedException(AddDiagnostics.BadExclude(string.Join(',', excludes), location), malformed);
        }
    }

    /// <summary>The sources without what the patterns hide; a hidden folder stays where something in it does.</summary>
    public IEnumerable<SelectedSource> Remove(IEnumerable<SelectedSource> sources) =>
        sources.Select(source => source with { Entries = Remove(source) }).Where(source => !source.Entries.IsEmpty);

    private ImmutableArray<SelectedEntry> Remove(SelectedSource source)
    {
        var needed = new HashSet<string>(StringComparer.Ordinal);
        var kept = ImmutableArray.CreateBuilder<SelectedEntry>();
        for (var i = source.Entries.Length - 1; i >= 0; i--)
        {
            var entry = source.Entries[i];
            var path = source.IsDirectory ? entry.RelativePath : source.Name;
            if (path.Length > 0 && patterns.Excludes(path) && !needed.Contains(path))
            {
                continue;
            }

            kept.Add(entry);
            for (var slash = path.LastIndexOf('/'); slash > 0 && needed.Add(path[..slash]); slash = path.LastIndexOf('/', slash - 1))
            {
            }
        }

        kept.Reverse();
        return kept.ToImmutable();
    }
}
