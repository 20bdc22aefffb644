using System.Collections.Concurrent;
using System.Collections.Immutable;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;

namespace ContainerStages.Dockerfile;

/// <summary>
/// Which files of the build context a build does not see. The last rule that matches a path or one of its folders decides; <c>!</c> takes
/// back in. Paths are relative to the context, with slashes. Safe for several threads; made for a walk over a tree, where what is known of
/// a folder is not asked again. Source: Dockerfile reference, .dockerignore file.
/// </summary>
public sealed class IgnoreFile
{
    private readonly ImmutableArray<Rule> rules;
    private readonly ConcurrentDictionary<string, bool[]> folders = new(StringComparer.Ordinal);

    private IgnoreFile(ImmutableArray<Rule> rules) => this.rules = rules;

    public static IgnoreFile Empty { get; } = new([]);

    /// <summary>
    /// Reads the text of an ignore file. <paramref name="defaults"/> are rules that stand before it, so that it can take them back.
    /// </summary>
    /// <exception cref="BuildFailedException">One diagnostic per malformed pattern.</exception>
    public static IgnoreFile Read(string text, string fileName = ".dockerignore", IEnumerable<string>? defaults = null)
    {
        var diagnostics = new List<Diagnostic>();
        var lines = text.TrimStart('\uFEFF').Split('\n')
            .Select((line, index) => (Line: line, Location: new SourceLocation(fileName, index + 1)));
        var found = (defaults ?? []).Select(line => (Line: line, Location: default(SourceLocation)))
            .Concat(lines)
            .Select(pair => ReadRule(pair.Line, pair.Location, diagnostics))
            .OfType<Rule>()
            .ToImmutableArray();
        return diagnostics.Count == 0 ? new IgnoreFile(found) : throw new BuildFailedException([.. diagnostics]);
    }

    /// <summary>
    /// Reads the ignore file of a build: <c>DOCKERFILE.dockerignore</c> beside the Dockerfile, else <c>.dockerignore</c> of the context,
    /// else only the defaults.
    /// </summary>
    /// <exception cref="BuildFailedException">The file cannot be read, or holds malformed patterns.</exception>
    public static IgnoreFile ReadFor(string contextDirectory, string? dockerfile, IEnumerable<string>? defaults = null)
    {
        var (path, text) = FindFor(contextDirectory, dockerfile) ?? (".dockerignore", "");
        return Read(text, path, defaults);
    }

    /// <summary>Path and text of the ignore file of a build; null where it has none.</summary>
    /// <exception cref="BuildFailedException">The file cannot be read.</exception>
    public static (string Path, string Text)? FindFor(string contextDirectory, string? dockerfile)
    {
        var ofContext = Path.Combine(contextDirectory, ".dockerignore");
        foreach (var path in dockerfile is null ? [ofContext] : new[] { dockerfile + ".dockerignore", ofContext })
        {
            try
            {
                if (ContextFile.TryRead(contextDirectory, path) is { } text)
                {
                    return (path, text);
                }
            }
            catch (Exception denied) when (denied is IOException or UnauthorizedAccessException)
            {
                throw new BuildFailedException(DockerfileDiagnostics.FileUnreadable(path, denied.Message), denied);
            }
        }

        return null;
    }

    /// <summary>True where the build does not see the path.</summary>
    public bool Excludes(string relativePath) => Excludes(relativePath, out _);

    /// <inheritdoc cref="Excludes(string)"/>
    /// <param name="relativePath">Relative to the context, with slashes.</param>
    /// <param name="rule">
    /// The rule that hides the path, for a message (<c>'*.log' (.dockerignore, line 3)</c>); null where it is seen.
    /// </param>
    public bool Excludes(string relativePath, out string? rule)
    {
        var matches = MatchesOf(relativePath.Trim('/'));
        var decisive = -1;
        for (var i = 0; i < rules.Length; i++)
        {
            // Only a rule that would change the verdict counts: the first that hides, then the first that takes back.
            if (matches[i] && rules[i].TakesBack == (decisive >= 0))
            {
                decisive = rules[i].TakesBack ? -1 : i;
            }
        }

        rule = decisive < 0 ? null : rules[decisive].ToString();
        return decisive >= 0;
    }

    /// <summary>
    /// True where a folder and everything below is hidden, so that a walk need not enter it; false where a rule might take something back.
    /// </summary>
    public bool ExcludesTree(string relativeFolder)
    {
        var below = relativeFolder.Trim('/') + "/";
        return Excludes(relativeFolder)
            && !rules
                .Any(rule => rule.TakesBack && (!rule.Pattern.IsLiteral || rule.Pattern.Text.StartsWith(below, StringComparison.Ordinal)));
    }

    /// <summary>Per rule, whether its pattern matches the path or one of its folders.</summary>
    private bool[] MatchesOf(string path)
    {
        if (path.Length == 0 || path == ".")
        {
            return new bool[rules.Length];
        }

        var slash = path.LastIndexOf('/');
        var ofFolder = slash < 0 ? null : folders.GetOrAdd(path[..slash], MatchesOf);
        return [.. rules.Select((rule, index) => ofFolder?[index] == true || rule.Pattern.Matches(path))];
    }

    private static Rule? ReadRule(string line, SourceLocation location, List<Diagnostic> diagnostics)
    {
        var text = line.Trim();
        if (line.StartsWith('#') || text.Length == 0)
        {
            return null;
        }

        var takesBack = text.StartsWith('!');
        var pattern = takesBack ? text[1..].Trim() : text;
        try
        {
            return pattern.Length == 0
                ? throw new FormatException("'!' must be followed by a pattern.")
                : new Rule(text, takesBack, IgnorePattern.Parse(Clean(pattern)), location);
        }
        catch (FormatException malformed)
        {
            diagnostics.Add(DockerfileDiagnostics.InvalidIgnorePattern(text, malformed.Message, location));
            return null;
        }
    }

    /// <summary>Without '.', '..', empty parts and the slashes at both ends.</summary>
    private static string Clean(string pattern)
    {
        var parts = new List<string>();
        foreach (var part in pattern.Split('/'))
        {
            if (part == ".." && parts.Count > 0 && parts[^1] != "..")
            {
                parts.RemoveAt(parts.Count - 1);
            }
            else if (part is not ("" or ".") && !(part == ".." && pattern.StartsWith('/')))
            {
                parts.Add(part);
            }
        }

        return string.Join('/', parts);
    }

    private sealed record Rule(string Text, bool TakesBack, IgnorePattern Pattern, SourceLocation Location)
    {
        public override string ToString() =>
            Location.Line == 0 ? $"'{Text}' (always)" : $"'{Text}' ({Location.File}, line {Location.Line})";
    }
}
