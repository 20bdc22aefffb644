using System.Collections.Immutable;
using System.Text;
using ContainerStages.Contracts;

namespace ContainerStages.Dockerfile;

/// <summary>A piece of an instruction with its place.</summary>
internal readonly record struct Word(string Text, SourceLocation Location);

/// <summary><c>--name=value</c>, or <c>--name</c> (value null).</summary>
internal sealed record Flag(string Name, string? Value, SourceLocation Location);

/// <summary>A logical line taken apart the same way for every instruction: keyword, flags, and the rest as one text.</summary>
internal sealed class InstructionLine
{
    private static readonly char[] Blanks = [' ', '\t', '\v', '\f', '\r'];

    private readonly LogicalLine line;
    private readonly int restStart;

    public InstructionLine(LogicalLine line)
    {
        this.line = line;
        var text = line.Text;
        var keywordStart = text.Length - text.TrimStart().Length;
        var keywordEnd = text.IndexOfAny(Blanks, keywordStart) is >= 0 and var blank ? blank : text.Length;
        Written = text[keywordStart..keywordEnd];
        Keyword = Written.ToUpperInvariant();
        KeywordLocation = line.Locate(keywordStart, keywordEnd);
        (Flags, var afterFlags) = FlagReader.Read(line, keywordEnd);
        Rest = text[afterFlags..].Trim();
        restStart = afterFlags + text[afterFlags..].Length - text[afterFlags..].TrimStart().Length;
    }

    /// <summary>The keyword as the user wrote it.</summary>
    public string Written { get; }

    /// <summary>Upper case.</summary>
    public string Keyword { get; }

    public SourceLocation KeywordLocation { get; }

    public ImmutableArray<Flag> Flags { get; }

    /// <summary>All that follows the flags, trimmed.</summary>
    public string Rest { get; }

    public SourceLocation Location => line.Location;

    /// <summary>The line that the instruction ends in.</summary>
    public SourceLocation LastLine => line.LastLine;

    /// <summary>True where an empty line stands between continued lines.</summary>
    public bool HasEmptyContinuation => line.HasEmptyContinuation;

    public SourceLocation RestLocation => Locate(0, Rest.Length);

    /// <summary>The instruction as one line.</summary>
    public string Text
    {
        get
        {
            var arguments = line.OneLine[Written.Length..].Trim();
            return arguments.Length == 0 ? Keyword : $"{Keyword} {arguments}";
        }
    }

    /// <summary>The place of a part of <see cref="Rest"/>; the end is not part of it.</summary>
    public SourceLocation Locate(int start, int end) => line.Locate(restStart + start, restStart + end);

    /// <summary>Words between blanks, quotes having no meaning (FROM, COPY, EXPOSE).</summary>
    public ImmutableArray<Word> SplitAtBlanks()
    {
        var words = ImmutableArray.CreateBuilder<Word>();
        for (var start = 0; start < Rest.Length;)
        {
            var end = Rest.IndexOfAny(Blanks, start) is >= 0 and var blank ? blank : Rest.Length;
            if (end > start)
            {
                words.Add(new Word(Rest[start..end], Locate(start, end)));
            }

            start = end + 1;
        }

        return words.ToImmutable();
    }

    /// <summary>Words between blanks that no quote or escape protects; quotes and escapes stay in the words (ARG, ENV, LABEL).</summary>
    public ImmutableArray<Word> SplitQuoted(char escape)
    {
        var words = ImmutableArray.CreateBuilder<Word>();
        for (var position = 0; position < Rest.Length;)
        {
            if (char.IsWhiteSpace(Rest[position]))
            {
                position++;
                continue;
            }

            var start = position;
            position = EndOfQuotedWord(start, escape);
            words.Add(new Word(WithoutLastEscape(Rest[start..position], escape), Locate(start, position)));
        }

        return words.Where(word => word.Text.Length > 0).ToImmutableArray();
    }

    private int EndOfQuotedWord(int position, char escape)
    {
        char? quote = null;
        for (; position < Rest.Length; position++)
        {
            var character = Rest[position];
            if (character == escape && quote != '\'')
            {
                position++;
            }
            else if (quote is not null)
            {
                quote = character == quote ? null : quote;
            }
            else if (character is '\'' or '"')
            {
                quote = character;
            }
            else if (char.IsWhiteSpace(character))
            {
                break;
            }
        }

        return Math.Min(position, Rest.Length);
    }

    /// <summary>An escape at the very end of the line escapes nothing and is dropped, as in BuildKit.</summary>
    private static string WithoutLastEscape(string word, char escape)
    {
        var escapes = word.Length - word.TrimEnd(escape).Length;
        return escapes % 2 == 1 && word.Length > 0 ? word[..^1] : word;
    }

    public override string ToString() => new StringBuilder(Keyword).Append(' ').Append(Rest).ToString();
}
