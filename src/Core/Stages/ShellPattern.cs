using System.Collections.Immutable;
using System.Text;

namespace ContainerStages.Stages;

/// <summary>
/// A shell pattern of <c>${v#pattern}</c> and its like: <c>*</c> any text, <c>?</c> one character, no brackets.
/// Source: POSIX.1-2017 shell, 2.6.2 and 2.13; BuildKit leaves brackets out.
/// </summary>
internal sealed class ShellPattern
{
    private readonly ImmutableArray<Token> tokens;

    private ShellPattern(ImmutableArray<Token> tokens) => this.tokens = tokens;

    private enum Kind
    {
        Literal,
        One,
        Run,
    }

    /// <exception cref="FormatException">An escape stands before a character that needs none.</exception>
    public static ShellPattern Parse(string pattern, char escape)
    {
        var read = ImmutableArray.CreateBuilder<Token>();
        for (var i = 0; i < pattern.Length; i++)
        {
            if (pattern[i] == escape)
            {
                i++;
                var escaped = i < pattern.Length ? pattern[i] : '\0';
                if (escaped is not ('*' or '?' or '}' or '/') && escaped != escape)
                {
                    throw new FormatException($"the pattern '{pattern}' escapes a character that has no meaning");
                }

                read.Add(new Token(Kind.Literal, escaped));
                continue;
            }

            read.Add(pattern[i] switch
            {
                '*' => new Token(Kind.Run, '*'),
                '?' => new Token(Kind.One, '?'),
                var literal => new Token(Kind.Literal, literal),
            });
        }

        return new ShellPattern(read.ToImmutable());
    }

    public string TrimStart(string value, bool longest)
    {
        var ends = Places(value, fromEnd: longest).Where(end => Matches(value.AsSpan(0, end)));
        return ends.Select(length => value[length..]).FirstOrDefault(value);
    }

    public string TrimEnd(string value, bool longest)
    {
        var starts = Places(value, fromEnd: !longest).Where(start => Matches(value.AsSpan(start)));
        return starts.Select(start => value[..start]).FirstOrDefault(value);
    }

    /// <summary>
    /// Puts <paramref name="replacement"/> for the first match, or for all; each match is the leftmost, then the longest.
    /// </summary>
    public string Replace(string value, string replacement, bool all)
    {
        var result = new StringBuilder();
        var previousEnd = -1;
        for (var position = 0; position <= value.Length;)
        {
            var end = LongestFrom(value, position);
            if (end is { } found && (found > position || position != previousEnd))
            {
                result.Append(replacement);
                previousEnd = found;
                if (!all)
                {
                    return result.Append(value.AsSpan(found)).ToString();
                }
            }

            if (end is not { } next || next == position)
            {
                next = position + CharactersAt(value, position);
                result.Append(value.AsSpan(position, Math.Min(next, value.Length) - position));
                next = Math.Max(next, position + 1);
            }

            position = next;
        }

        return result.ToString();
    }

    /// <summary>Where a match may begin or end: not inside a character.</summary>
    private static IEnumerable<int> Places(string value, bool fromEnd)
    {
        var places = Enumerable.Range(0, value.Length + 1).Where(place => IsPlace(value, place));
        return fromEnd ? places.Reverse() : places;
    }

    private static bool IsPlace(string value, int place) =>
        place == 0 || place == value.Length || !char.IsSurrogatePair(value[place - 1], value[place]);

    private int? LongestFrom(string value, int start)
    {
        for (var end = value.Length; end >= start; end--)
        {
            if (IsPlace(value, end) && Matches(value.AsSpan(start, end - start)))
            {
                return end;
            }
        }

        return null;
    }

    /// <summary>Whole-text match; a star that fails is retried one character further, which is enough since stars do not nest.</summary>
    private bool Matches(ReadOnlySpan<char> text)
    {
        var (token, position, retryToken, retryPosition) = (0, 0, -1, 0);
        while (position < text.Length)
        {
            if (token < tokens.Length && tokens[token].Kind == Kind.Run)
            {
                (retryToken, retryPosition) = (++token, position);
            }
            else if (token < tokens.Length && Step(tokens[token], text, position) is > 0 and var consumed)
            {
                token++;
                position += consumed;
            }
            else if (retryToken >= 0)
            {
                retryPosition += CharactersAt(text, retryPosition);
                (token, position) = (retryToken, retryPosition);
            }
            else
            {
                return false;
            }
        }

        return tokens.Skip(token).All(rest => rest.Kind == Kind.Run);
    }

    private static int Step(Token token, ReadOnlySpan<char> text, int position) => token.Kind switch
    {
        Kind.One => CharactersAt(text, position),
        _ => text[position] == token.Literal ? 1 : 0,
    };

    private static int CharactersAt(ReadOnlySpan<char> value, int position) =>
        position + 1 < value.Length && char.IsSurrogatePair(value[position], value[position + 1]) ? 2 : 1;

    private readonly record struct Token(Kind Kind, char Literal);
}
