using System.Collections.Immutable;
using System.Text;

namespace ContainerStages.Dockerfile;

/// <summary>
/// One pattern over slash-separated paths: <c>*</c> and <c>?</c> within a name, <c>**</c> over any number of folders, <c>[a-z]</c>,
/// <c>\</c>
/// to escape. Source: Dockerfile reference, .dockerignore file; Go's path/filepath.Match; the corner cases are moby/patternmatcher's.
/// </summary>
internal sealed class IgnorePattern
{
    private const string Special = "*?[]\\";

    private readonly Func<string, bool> matches;

    private IgnorePattern(string text, bool isLiteral, Func<string, bool> matches) =>
        (Text, IsLiteral, this.matches) = (text, isLiteral, matches);

    public string Text { get; }

    /// <summary>True where the pattern matches its own text and nothing else.</summary>
    public bool IsLiteral { get; }

    /// <exception cref="FormatException">The pattern is malformed; the message says why.</exception>
    public static IgnorePattern Parse(string pattern)
    {
        if (pattern.AsSpan().IndexOfAny(Special) < 0)
        {
            return new IgnorePattern(pattern, isLiteral: true, path => path == pattern);
        }

        if (pattern.StartsWith("**", StringComparison.Ordinal) && pattern.AsSpan(2).IndexOfAny(Special) < 0)
        {
            // '**name' matches any path that ends so, '**/name' also the name alone.
            var suffix = pattern[2..];
            return new IgnorePattern(
                pattern,
                isLiteral: false,
                path => path.EndsWith(suffix, StringComparison.Ordinal) || (suffix.StartsWith('/') && path == suffix[1..]));
        }

        if (pattern.EndsWith("**", StringComparison.Ordinal) && pattern.AsSpan(0, pattern.Length - 2).IndexOfAny(Special) < 0)
        {
            var prefix = pattern[..^2];
            return new IgnorePattern(pattern, isLiteral: false, path => path.StartsWith(prefix, StringComparison.Ordinal));
        }

        var tokens = Tokenize(pattern);
        return new IgnorePattern(pattern, isLiteral: false, path => Matches(tokens, path));
    }

    public bool Matches(string path) => matches(path);

    private static ImmutableArray<Token> Tokenize(string pattern)
    {
        var tokens = ImmutableArray.CreateBuilder<Token>();
        var characters = pattern.EnumerateRunes().ToArray();
        for (var i = 0; i < characters.Length;)
        {
            switch (characters[i++].Value)
            {
                case '*' when i < characters.Length && characters[i].Value == '*':
                    i++;
                    i += i < characters.Length && characters[i].Value == '/' ? 1 : 0;
                    AddAnyFolders(tokens, isLast: i == characters.Length);
                    break;
                case '*':
                    tokens.Add(new Token(Kind.Name));
                    break;
                case '?':
                    tokens.Add(new Token(Kind.One));
                    break;
                case '[':
                    tokens.Add(ReadClass(characters, ref i));
                    break;
                case '\\':
                    tokens.Add(new Token(Kind.Literal, ReadEscaped(characters, ref i)));
                    break;
                default:
                    tokens.Add(new Token(Kind.Literal, characters[i - 1]));
                    break;
            }
        }

        return tokens.ToImmutable();
    }

    private static void AddAnyFolders(ImmutableArray<Token>.Builder tokens, bool isLast)
    {
        if (isLast)
        {
            tokens.Add(new Token(Kind.Rest));
            return;
        }

        tokens.Add(new Token(Kind.FoldersBegin));
        tokens.Add(new Token(Kind.Folders));
    }

    private static Rune ReadEscaped(Rune[] characters, ref int i) =>
        i < characters.Length ? characters[i++] : throw new FormatException("a backslash at the end escapes nothing.");

    private static Token ReadClass(Rune[] characters, ref int i)
    {
        var isNegated = i < characters.Length && characters[i].Value == '^';
        i += isNegated ? 1 : 0;
        var ranges = ImmutableArray.CreateBuilder<(Rune Low, Rune High)>();
        do
        {
            var low = ReadClassCharacter(characters, ref i);
            var high = low;
            if (i < characters.Length && characters[i].Value == '-')
            {
                i++;
                high = ReadClassCharacter(characters, ref i);
            }

            ranges.Add(low <= high ? (low, high) : throw new FormatException($"the range '{low}-{high}' is the wrong way round."));
        }
        while (i < characters.Length && characters[i].Value != ']');

        if (i++ >= characters.Length)
        {
            throw new FormatException("a '[' is not closed.");
        }

        return new Token(Kind.Class) { IsNegated = isNegated, Ranges = ranges.ToImmutable() };
    }

    private static Rune ReadClassCharacter(Rune[] characters, ref int i)
    {
        if (i >= characters.Length)
        {
            throw new FormatException("a '[' is not closed.");
        }

        var character = characters[i++];
        return character.Value switch
        {
            '\\' => ReadEscaped(characters, ref i),
            '-' or ']' => throw new FormatException($"a '{character}' inside '[]' must be escaped with a backslash."),
            _ => character,
        };
    }

    /// <summary>Runs all ways through the tokens at once, so that no pattern takes more than tokens times characters.</summary>
    private static bool Matches(ImmutableArray<Token> tokens, string path)
    {
        var active = new bool[tokens.Length + 1];
        active[0] = true;
        SkipEmpty(tokens, active);
        foreach (var character in path.EnumerateRunes())
        {
            var next = new bool[tokens.Length + 1];
            for (var i = 0; i < tokens.Length; i++)
            {
                if (active[i])
                {
                    Step(tokens[i], i, character, next);
                }
            }

            SkipEmpty(tokens, next);
            active = next;
        }

        return active[^1];
    }

    private static void Step(Token token, int index, Rune character, bool[] next)
    {
        var isSlash = character.Value == '/';
        switch (token.Kind)
        {
            case Kind.Name:
                next[index] |= !isSlash;
                break;
            case Kind.Rest:
                next[index] = true;
                break;
            case Kind.Folders:
                next[index] = true;
                next[index + 1] |= isSlash;
                break;
            case Kind.FoldersBegin:
                break;
            default:
                next[index + 1] |= token.Accepts(character);
                break;
        }
    }

    private static void SkipEmpty(ImmutableArray<Token> tokens, bool[] active)
    {
        for (var i = 0; i < tokens.Length; i++)
        {
            var kind = tokens[i].Kind;
            active[i + 1] |= active[i] && kind is (Kind.Name or Kind.Rest or Kind.FoldersBegin);
            if (active[i] && kind == Kind.FoldersBegin)
            {
                active[i + 2] = true;
            }
        }
    }

    private enum Kind
    {
        Literal,

        /// <summary>Any one character but a slash.</summary>
        One,
        Class,

        /// <summary>Any characters but slashes.</summary>
        Name,

        /// <summary>Nothing, or <see cref="Folders"/>, which is the next token.</summary>
        FoldersBegin,

        /// <summary>Any characters, the last a slash.</summary>
        Folders,

        /// <summary>Any characters.</summary>
        Rest,
    }

    private readonly record struct Token(Kind Kind, Rune Literal = default)
    {
        public bool IsNegated { get; init; }

        public ImmutableArray<(Rune Low, Rune High)> Ranges { get; init; } = [];

        public bool Accepts(Rune character) => Kind switch
        {
            Kind.Literal => character == Literal,
            Kind.One => character.Value != '/',
            _ => Ranges.Any(range => range.Low <= character && character <= range.High) != IsNegated,
        };
    }
}
