using System.Text.RegularExpressions;
using ContainerStages.TestKit;

namespace ContainerStages.Core.Tests.Documentation;

/// <summary>One piece of code in a page.</summary>
/// <param name="Place">Path and line, for messages.</param>
/// <param name="Language">What stands behind the fence: <c>sh</c>, <c>xml</c>, or nothing.</param>
internal sealed record Snippet(string Place, string Language, string Text);

/// <summary>A page of Markdown that ships with the project.</summary>
internal sealed partial record Page(string Path, string Text)
{
    public static IEnumerable<Page> All() =>
        Repository.Sources(".", ".md")
            .Select(path => path.StartsWith("./", StringComparison.Ordinal) ? path[2..] : path)
            .Select(path => new Page(path, File.ReadAllText(Repository.PathOf(path))));

    public IEnumerable<Snippet> Snippets() =>
        Fenced().Matches(Text)
            .Select(match => new Snippet(
                $"{Path}({Text[..match.Index].Count(c => c == '\n') + 1})", match.Groups["language"].Value, match.Groups["text"].Value));

    /// <summary>Targets of links to other files of the clone, without fragment.</summary>
    public IEnumerable<string> Links() =>
        Link().Matches(Text)
            .Select(match => match.Groups["target"].Value)
            .Where(target => !target.Contains("://", StringComparison.Ordinal));

    [GeneratedRegex(
        @"^```(?<language>\w*)\n(?<text>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Fenced();

    [GeneratedRegex(@"\]\((?<target>[^)#\s]+)(#[^)]*)?\)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Link();
}
