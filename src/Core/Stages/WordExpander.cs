using System.Collections.Immutable;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;

namespace ContainerStages.Stages;

/// <summary>What a raw word means: as one text, and split at the blanks that no quote protects; and the names that had no value.</summary>
internal sealed record ExpandedWord(string Text, ImmutableArray<string> Words, ImmutableHashSet<string> Unset);

/// <summary>
/// Replaces variables, and removes quotes and escapes, in the raw words of instructions: <c>$v ${v} ${v:-w} ${v-w} ${v:+w} ${v+w} ${v:?w}
/// ${v?w} ${v#p} ${v##p} ${v%p} ${v%%p} ${v/p/w} ${v//p/w}</c>. Source: Dockerfile reference, Environment replacement; as BuildKit does it.
/// </summary>
/// <param name="escape">What takes the meaning from the next character: <c>\</c>, or what the file's escape directive says.</param>
internal sealed class WordExpander(char escape = WordExpander.DefaultEscape)
{
    public const char DefaultEscape = '\\';

    /// <summary>The word as one text; blanks stay.</summary>
    /// <exception cref="BuildFailedException">The word is malformed, or a <c>${v:?message}</c> has no value.</exception>
    public string ExpandWord(string word, IReadOnlyDictionary<string, string> variables, SourceLocation location) =>
        Expand(word, variables, location).Text;

    /// <summary>The word as several: split after variables are replaced; quoted blanks do not split; empty words vanish.</summary>
    /// <exception cref="BuildFailedException">The word is malformed, or a <c>${v:?message}</c> has no value.</exception>
    public ImmutableArray<string> ExpandWords(string word, IReadOnlyDictionary<string, string> variables, SourceLocation location) =>
        Expand(word, variables, location).Words;

    /// <inheritdoc cref="ExpandWord"/>
    public ExpandedWord Expand(string word, IReadOnlyDictionary<string, string> variables, SourceLocation location)
    {
        try
        {
            return new WordReader(word, escape, variables).ReadAll();
        }
        catch (FormatException malformed)
        {
            throw new BuildFailedException(StageDiagnostics.CannotExpand(word, malformed.Message, location), malformed);
        }
    }

    /// <summary>A text in which quotes mean nothing, such as that of a here-document: only variables and escapes are replaced.</summary>
    /// <exception cref="BuildFailedException">The text is malformed, or a <c>${v:?message}</c> has no value.</exception>
    public ExpandedWord ExpandText(string text, IReadOnlyDictionary<string, string> variables, SourceLocation location)
    {
        var word = new System.Text.StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is '"' or '\'')
            {
                word.Append(escape);
            }

            word.Append(text[i]);
            if (text[i] == escape && i + 1 < text.Length)
            {
                word.Append(text[++i]);
            }
        }

        return Expand(word.ToString(), variables, location);
    }

    /// <summary>
    /// The raw word that expands to <paramref name="literal"/> whatever the variables are. Blanks at its end stand in quotes: an escape
    /// before them would continue the line (BuildKit, parser.go, trims it first).
    /// </summary>
    public string Protect(string literal)
    {
        var text = literal.TrimEnd();
        var blanks = literal[text.Length..];
        return string.Concat(text.Select(Protect)) + (blanks.Length == 0 ? "" : $"\"{blanks}\"");
    }

    private string Protect(char character) =>
        character is '$' or '"' or '\'' || character == escape || char.IsWhiteSpace(character)
            ? $"{escape}{character}"
            : character.ToString();
}
