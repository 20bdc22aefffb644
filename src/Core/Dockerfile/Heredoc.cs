using System.Collections.Immutable;
using ContainerStages.Stages;

namespace ContainerStages.Dockerfile;

/// <summary>
/// A here-document that a RUN, COPY or ADD announces: <c>&lt;&lt;NAME</c>, with <c>-</c> to drop leading tabs; a quoted name keeps variables as they
/// are. Source: Dockerfile reference, Here-Documents.
/// </summary>
internal sealed record Heredoc(string Name, bool DropsTabs, bool Expand, Word Word)
{
    public static ImmutableArray<Heredoc> Find(InstructionLine line)
    {
        var mayHold = line.Keyword is "RUN" or "COPY" or "ADD" || (line.Keyword == "ONBUILD" && line.Rest.Split(' ', 2)[0].ToUpperInvariant() is "RUN" or "COPY" or "ADD");
        return mayHold && JsonArguments.Read(line.Rest, out _) == JsonArguments.Form.Text
            ? [.. line.SplitQuoted('\\').Select(TryParse).OfType<Heredoc>()]
            : [];
    }

    public static Heredoc? TryParse(Word word)
    {
        var text = word.Text.TrimStart('0', '1', '2', '3', '4', '5', '6', '7', '8', '9');
        if (!text.StartsWith("<<", StringComparison.Ordinal))
        {
            return null;
        }

        var dropsTabs = text.StartsWith("<<-", StringComparison.Ordinal);
        var name = text[(dropsTabs ? 3 : 2)..];
        var plain = Unquote(name);
        return plain.Length == 0 || name.Contains('<', StringComparison.Ordinal) ? null : new Heredoc(plain, dropsTabs, plain == name, word);
    }

    public bool IsEnd(string line) => WithoutTabs(line) == Name;

    /// <param name="lines">The lines up to the one that ends the document.</param>
    public HereDocument ToDocument(IEnumerable<string> lines) => new(Name, string.Concat(lines.Select(line => WithoutTabs(line) + "\n")), Expand, Word.Location);

    private string WithoutTabs(string line) => DropsTabs ? line.TrimStart('\t') : line;

    private static string Unquote(string name) => string.Concat(name.Where(character => character is not ('\'' or '"' or '\\')));
}
