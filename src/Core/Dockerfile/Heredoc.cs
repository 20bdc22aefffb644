using System.Collections.Immutable;
using ContainerStages.Stages;

namespace ContainerStages.Dockerfile;

/// <summary>
/// A here-document that a RUN, COPY or ADD announces: <c>&lt;&lt;NAME</c>, with <c>-</c> to drop leading tabs; a quoted name keeps
/// variables as they are. Source: Dockerfile reference, Here-Documents.
/// </summary>
internal sealed record Heredoc(string Name, bool DropsTabs, bool Expand, Word Word)
{
    /// <summary>True where blanks stand between mark and name: <c>&lt;&lt; NAME</c>.</summary>
    public bool IsApart { get; private init; }

    /// <summary>True where the name may not stand apart: only RUN takes that, and not behind <c>-</c>. As in BuildKit.</summary>
    public bool IsWronglyApart { get; private init; }

    public static ImmutableArray<Heredoc> Find(InstructionLine line)
    {
        var keyword = line.Keyword == "ONBUILD" ? line.Rest.Split(' ', 2)[0].ToUpperInvariant() : line.Keyword;
        return keyword is "RUN" or "COPY" or "ADD" && JsonArguments.Read(line.Rest, out _) == JsonArguments.Form.Text
            ? [.. Joined(line.SplitQuoted('\\')).Select(found => TryParse(found.Word) is not { } heredoc ? null : heredoc with
            {
                IsApart = found.IsApart,
                IsWronglyApart = found.IsApart && (keyword != "RUN" || heredoc.DropsTabs),
            }).OfType<Heredoc>()]
            : [];
    }

    /// <summary>Each word, a lone mark with the word behind it.</summary>
    private static IEnumerable<(Word Word, bool IsApart)> Joined(ImmutableArray<Word> words)
    {
        for (var i = 0; i < words.Length; i++)
        {
            var isMark = i + 1 < words.Length && IsMark(words[i].Text);
            yield return isMark ? (new Word(words[i].Text + words[i + 1].Text, words[i].Location), true) : (words[i], false);
            i += isMark ? 1 : 0;
        }
    }

    /// <summary>True for a mark whose name may stand apart.</summary>
    public static bool IsMark(string word) => WithoutDescriptor(word) is "<<" or "<<-";

    public static Heredoc? TryParse(Word word)
    {
        var text = WithoutDescriptor(word.Text);
        if (!text.StartsWith("<<", StringComparison.Ordinal))
        {
            return null;
        }

        var dropsTabs = text.StartsWith("<<-", StringComparison.Ordinal);
        var name = text[(dropsTabs ? 3 : 2)..];
        var plain = Unquote(name);
        return plain.Length == 0 || name.Contains('<', StringComparison.Ordinal)
            ? null
            : new Heredoc(plain, dropsTabs, plain == name, word);
    }

    public bool IsEnd(string line) => WithoutTabs(line) == Name;

    /// <param name="lines">The lines up to the one that ends the document.</param>
    public HereDocument ToDocument(IEnumerable<string> lines) =>
        new(Name, string.Concat(lines.Select(line => WithoutTabs(line) + "\n")), Expand, Word.Location);

    private static string WithoutDescriptor(string text) => text.TrimStart('0', '1', '2', '3', '4', '5', '6', '7', '8', '9');

    private string WithoutTabs(string line) => DropsTabs ? line.TrimStart('\t') : line;

    private static string Unquote(string name) => string.Concat(name.Where(character => character is not ('\'' or '"' or '\\')));
}
