using System.Buffers;
using System.Text;

namespace ContainerStages.Snapshots;

/// <summary>File name patterns of COPY, one path element at a time. Source: Go, path/filepath.Match.</summary>
internal static class FilePattern
{
    public static bool HasMeta(string name) => name.AsSpan().IndexOfAny("*?[\\") >= 0;

    /// <summary>True where the pattern may match several names; an escaped name stands for itself.</summary>
    public static bool IsWildcard(string name)
    {
        for (var i = 0; i < name.Length; i++)
        {
            if (name[i] == '\\')
            {
                i++;
            }
            else if (name[i] is '*' or '?' or '[')
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>True where every bracket is closed and no backslash ends the pattern.</summary>
    public static bool IsValid(string pattern)
    {
        for (var i = 0; i < pattern.Length; i++)
        {
            if (pattern[i] == '\\' && ++i == pattern.Length)
            {
                return false;
            }

            if (pattern[i] == '[' && (i = ClassEnd(pattern, i)) < 0)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>A star that fails is tried again one character further, which is enough since stars do not nest.</summary>
    public static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> name)
    {
        var (next, position, retryNext, retryPosition) = (0, 0, -1, 0);
        while (position < name.Length)
        {
            if (next < pattern.Length && pattern[next] == '*')
            {
                (retryNext, retryPosition) = (++next, position);
            }
            else if (next < pattern.Length && Step(pattern[next..], name[position..]) is { Pattern: > 0 } step)
            {
                next += step.Pattern;
                position += step.Name;
            }
            else if (retryNext >= 0)
            {
                retryPosition += CharacterAt(name[retryPosition..]).Length;
                (next, position) = (retryNext, retryPosition);
            }
            else
            {
                return false;
            }
        }

        return pattern[next..].TrimStart('*').IsEmpty;
    }

    /// <summary>How much of both one character takes; nothing where they differ.</summary>
    private static (int Pattern, int Name) Step(ReadOnlySpan<char> pattern, ReadOnlySpan<char> name)
    {
        switch (pattern[0])
        {
            case '?':
                return (1, CharacterAt(name).Length);
            case '[':
                var (value, length) = CharacterAt(name);
                return ClassEnd(pattern, 0) is > 0 and var end && InClass(pattern[1..end], value) ? (end + 1, length) : default;
            default:
                var literal = pattern[0] == '\\' && pattern.Length > 1 ? 1 : 0;
                return pattern[literal] == name[0] ? (literal + 1, 1) : default;
        }
    }

    /// <summary>As in Go: what is not UTF-8 is a character U+FFFD.</summary>
    private static (Rune Value, int Length) CharacterAt(ReadOnlySpan<char> text) =>
        Rune.DecodeFromUtf16(text, out var value, out var length) == OperationStatus.Done ? (value, length) : (Rune.ReplacementChar, 1);

    /// <summary>Index of the bracket that closes a class, or -1 where the class is malformed.</summary>
    private static int ClassEnd(ReadOnlySpan<char> pattern, int start)
    {
        var i = start + 1;
        i += i < pattern.Length && pattern[i] == '^' ? 1 : 0;
        for (var members = 0; i < pattern.Length; members++)
        {
            if (pattern[i] == ']' && members > 0)
            {
                return i;
            }

            if (!SkipMember(pattern, ref i))
            {
                return -1;
            }

            if (i < pattern.Length && pattern[i] == '-')
            {
                i++;
                if (!SkipMember(pattern, ref i))
                {
                    return -1;
                }
            }
        }

        return -1;
    }

    private static bool SkipMember(ReadOnlySpan<char> pattern, ref int i)
    {
        if (i >= pattern.Length || pattern[i] is '-' or ']')
        {
            return false;
        }

        i += pattern[i] == '\\' ? 2 : 1;
        return i <= pattern.Length;
    }

    private static bool InClass(ReadOnlySpan<char> members, Rune value)
    {
        var negated = members[0] == '^';
        var rest = members[(negated ? 1 : 0)..];
        var found = false;
        while (!rest.IsEmpty)
        {
            var low = TakeMember(ref rest);
            var high = low;
            if (rest is ['-', _, ..])
            {
                rest = rest[1..];
                high = TakeMember(ref rest);
            }

            found |= value >= low && value <= high;
        }

        return found != negated;
    }

    private static Rune TakeMember(ref ReadOnlySpan<char> members)
    {
        members = members is ['\\', _, ..] ? members[1..] : members;
        var (value, length) = CharacterAt(members);
        members = members[length..];
        return value;
    }
}
