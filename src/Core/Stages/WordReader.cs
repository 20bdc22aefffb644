using System.Collections.Immutable;
using System.Text;

namespace ContainerStages.Stages;

/// <summary>One pass over one raw word. Throws <see cref="FormatException"/> with the reason where the word is malformed.</summary>
internal sealed class WordReader(string source, char escape, IReadOnlyDictionary<string, string> variables)
{
    private const char End = '\0';

    /// <summary>Far more than anybody nests by hand, far less than the stack holds.</summary>
    private const int DeepestNesting = 100;

    /// <summary>Values that are made of each other grow without bounds: <c>ENV A=$A$A</c>, thirty times.</summary>
    private const int MostOfVariables = 4 << 20;

    private readonly ImmutableHashSet<string>.Builder unset = ImmutableHashSet.CreateBuilder<string>(StringComparer.Ordinal);
    private int position;
    private int nesting;
    private long ofVariables;

    private bool AtEnd => position >= source.Length;

    private char Current => AtEnd ? End : source[position];

    public ExpandedWord ReadAll()
    {
        var words = new WordSplitter();
        var text = ReadUntil(null, keepEscapes: false, words);
        return new ExpandedWord(text, words.Finish(), unset.ToImmutable());
    }

    /// <summary>Reads up to and over <paramref name="stop"/>, or to the end where it is null. Patterns keep their escapes.</summary>
    private string ReadUntil(char? stop, bool keepEscapes, WordSplitter? words)
    {
        var text = new StringBuilder();
        while (!AtEnd)
        {
            var character = Current;
            if (character == stop)
            {
                position++;
                return text.ToString();
            }

            if (character == '\'')
            {
                Append(ReadSingleQuoted(), isProtected: true);
            }
            else if (character == '"')
            {
                Append(ReadDoubleQuoted(keepEscapes), isProtected: true);
            }
            else if (character == '$')
            {
                Append(ReadVariable(), isProtected: false);
            }
            else if (character == escape)
            {
                Append(ReadEscaped(keepEscapes), isProtected: true);
            }
            else
            {
                position++;
                Append(character.ToString(), isProtected: false);
            }
        }

        return stop is null ? text.ToString() : throw Malformed(stop == '}' ? "a '}' is missing" : $"a '{stop}' is missing");

        void Append(string part, bool isProtected)
        {
            text.Append(part);
            words?.Append(part, isProtected);
        }
    }

    private string ReadEscaped(bool keepEscape)
    {
        position++;
        if (AtEnd)
        {
            return keepEscape ? escape.ToString() : "";
        }

        var character = source[position++];
        return keepEscape ? $"{escape}{character}" : character.ToString();
    }

    private string ReadSingleQuoted()
    {
        var close = source.IndexOf('\'', position + 1);
        if (close < 0)
        {
            throw Malformed("a single quote is not closed");
        }

        var text = source[(position + 1)..close];
        position = close + 1;
        return text;
    }

    /// <summary>Inside double quotes only the quote, the dollar and the escape character itself can be escaped.</summary>
    private string ReadDoubleQuoted(bool keepEscapes)
    {
        position++;
        var text = new StringBuilder();
        while (!AtEnd)
        {
            var character = source[position];
            if (character == '"')
            {
                position++;
                return text.ToString();
            }

            if (character == '$')
            {
                text.Append(ReadVariable());
                continue;
            }

            position++;
            if (character == escape && (Current is '"' or '$' || Current == escape))
            {
                text.Append(keepEscapes ? character.ToString() : "").Append(source[position++]);
                continue;
            }

            // An escape that escapes nothing is itself; a pattern, which is read once more, needs it escaped.
            text.Append(character == escape && keepEscapes ? $"{escape}{escape}" : character.ToString());
        }

        throw Malformed("a double quote is not closed");
    }

    private string ReadVariable()
    {
        var value = ReadValue();
        ofVariables += value.Length;
        return ofVariables <= MostOfVariables
            ? value
            : throw Malformed($"its variables have more than {MostOfVariables >> 20} million characters");
    }

    private string ReadValue()
    {
        position++;
        if (Current != '{')
        {
            var name = ReadName();
            return name.Length == 0 ? "$" : Lookup(name) ?? "";
        }

        position++;
        if (AtEnd)
        {
            throw Malformed("a '}' is missing");
        }

        nesting = nesting < DeepestNesting ? nesting + 1 : throw Malformed($"more than {DeepestNesting} '${{' are inside each other");
        var value = ReadBraced(ReadName());
        nesting--;
        return value;
    }

    private string ReadBraced(string name)
    {
        if (name.Length == 0)
        {
            throw Malformed("'${' is not followed by a name");
        }

        if (AtEnd)
        {
            throw Malformed("a '}' is missing");
        }

        var modifier = source[position++];
        var emptyIsUnset = modifier == ':' && !AtEnd;
        if (emptyIsUnset)
        {
            modifier = source[position++];
        }

        return (modifier, emptyIsUnset) switch
        {
            ('}', false) => Lookup(name) ?? "",
            ('-', _) => ReadUntil('}', keepEscapes: false, null) is var word && HasValue(name, emptyIsUnset) is { } value ? value : word,
            ('+', _) => ReadUntil('}', keepEscapes: false, null) is var word && HasValue(name, emptyIsUnset) is null ? "" : word,
            ('?', _) => ReadRequired(name, emptyIsUnset),
            ('#' or '%', false) => ReadTrimmed(name, modifier),
            ('/', false) => ReadReplaced(name),
            _ =>
                throw Malformed(
                    $"the modifier '{(emptyIsUnset ? ":" : "")}{modifier}' of '{name}' is not supported (valid: " +
                    ":- - :+ + :? ? # ## % %% / //)"),
        };
    }

    private string ReadRequired(string name, bool emptyIsUnset)
    {
        var message = ReadUntil('}', keepEscapes: false, null);
        return HasValue(name, emptyIsUnset)
            ?? throw Malformed(
                $"{name}: {(message.Length > 0 ? message : "it must have a value" + (emptyIsUnset ? " that is not empty" : ""))}");
    }

    private string ReadTrimmed(string name, char side)
    {
        var longest = Current == side;
        position += longest ? 1 : 0;
        var pattern = ShellPattern.Parse(ReadUntil('}', keepEscapes: true, null), escape);
        var value = Lookup(name) ?? "";
        return side == '#' ? pattern.TrimStart(value, longest) : pattern.TrimEnd(value, longest);
    }

    private string ReadReplaced(string name)
    {
        var all = Current == '/';
        position += all ? 1 : 0;
        var pattern = ShellPattern.Parse(ReadUntil('/', keepEscapes: true, null), escape);
        var replacement = ReadUntil('}', keepEscapes: true, null);
        return pattern.Replace(Lookup(name) ?? "", replacement, all);
    }

    /// <summary>
    /// A name, the digits of a positional parameter, or one of the shell's special parameters (which never have a value here).
    /// </summary>
    private string ReadName()
    {
        var start = position;
        if (char.IsDigit(Current))
        {
            while (char.IsDigit(Current))
            {
                position++;
            }
        }
        else if (!AtEnd && "@*#?-$!".Contains(Current, StringComparison.Ordinal))
        {
            position++;
        }
        else
        {
            while (char.IsLetterOrDigit(Current) || Current == '_')
            {
                position++;
            }
        }

        return source[start..position];
    }

    private string? HasValue(string name, bool emptyIsUnset) =>
        Lookup(name) is { } value && !(emptyIsUnset && value.Length == 0) ? value : null;

    private string? Lookup(string name)
    {
        if (variables.TryGetValue(name, out var value))
        {
            return value;
        }

        unset.Add(name);
        return null;
    }

    private static FormatException Malformed(string reason) => new(reason);
}
