using System.Collections.Immutable;
using System.Text;

namespace ContainerStages.Dockerfile;

/// <summary>
/// Reads the <c>--flags</c> between an instruction's keyword and its arguments. Quotes are removed, a backslash escapes; a lone
/// <c>--</c> ends the flags. Source: BuildKit, which does it the same for every instruction.
/// </summary>
internal static class FlagReader
{
    /// <returns>The flags, and where the arguments begin.</returns>
    public static (ImmutableArray<Flag> Flags, int Next) Read(LogicalLine line, int start)
    {
        var flags = ImmutableArray.CreateBuilder<Flag>();
        var position = start;
        while (true)
        {
            position = SkipBlanks(line.Text, position);
            if (!line.Text.AsSpan(position).StartsWith("--", StringComparison.Ordinal))
            {
                return (flags.ToImmutable(), position);
            }

            var (word, end) = ReadWord(line.Text, position);
            if (word == "--")
            {
                return (flags.ToImmutable(), end);
            }

            flags.Add(ToFlag(word, line, position, end));
            position = end;
        }
    }

    private static Flag ToFlag(string word, LogicalLine line, int start, int end)
    {
        var equals = word.IndexOf('=', StringComparison.Ordinal);
        var location = line.Locate(start, end);
        return equals < 0 ? new Flag(word[2..], null, location) : new Flag(word[2..equals], word[(equals + 1)..], location);
    }

    private static int SkipBlanks(string text, int position)
    {
        while (position < text.Length && char.IsWhiteSpace(text[position]))
        {
            position++;
        }

        return position;
    }

    private static (string Word, int End) ReadWord(string text, int position)
    {
        var word = new StringBuilder();
        char? quote = null;
        for (; position < text.Length; position++)
        {
            var character = text[position];
            if (character == '\\' && position + 1 < text.Length)
            {
                word.Append(text[++position]);
            }
            else if (character == quote)
            {
                quote = null;
            }
            else if (quote is null && character is '\'' or '"')
            {
                quote = character;
            }
            else if (quote is null && char.IsWhiteSpace(character))
            {
                break;
            }
            else if (character != '\\')
            {
                word.Append(character);
            }
        }

        return (word.ToString(), position);
    }
}
