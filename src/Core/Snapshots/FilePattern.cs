namespace ContainerStages.Snapshots;

/// <summary>File name patterns of COPY, one path element at a time. Source: Go, path/filepath.Match.</summary>
internal static class FilePattern
{
    public static bool HasMeta(string name) => name.AsSpan().IndexOfAny("*?[\\") >= 0;

    /// <summary>True where every bracket is closed and no backslash ends the pattern.</summary>
    public static bool IsValid(string pattern)
    {
        for (var i = 0; i < pattern.Length; i++)
        {
            if (pattern[i] == '\\' && ++i == pattern.Length)
            {
                return false;
            }

            if (pattern[i] == '[' && ClassEnd(pattern, i) < 0)
            {
                return false;
            }
        }

        return true;
    }

    public static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> name)
    {
        while (!pattern.IsEmpty)
        {
            switch (pattern[0])
            {
                case '*':
                    pattern = pattern.TrimStart('*');
                    for (var i = 0; i <= name.Length; i++)
                    {
                        if (Matches(pattern, name[i..]))
                        {
                            return true;
                        }
                    }

                    return false;
                case var _ when name.IsEmpty:
                    return false;
                case '?':
                    pattern = pattern[1..];
                    break;
                case '[':
                    var end = ClassEnd(pattern, 0);
                    if (end < 0 || !InClass(pattern[1..end], name[0]))
                    {
                        return false;
                    }

                    pattern = pattern[(end + 1)..];
                    break;
                default:
                    var literal = pattern[0] == '\\' && pattern.Length > 1 ? 1 : 0;
                    if (pattern[literal] != name[0])
                    {
                        return false;
                    }

                    pattern = pattern[(literal + 1)..];
                    break;
            }

            name = name[1..];
        }

        return name.IsEmpty;
    }

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

    private static bool InClass(ReadOnlySpan<char> members, char value)
    {
        var negated = members[0] == '^';
        var found = false;
        for (var i = negated ? 1 : 0; i < members.Length; i++)
        {
            i += members[i] == '\\' && i + 1 < members.Length ? 1 : 0;
            var (low, high) = (members[i], members[i]);
            if (i + 2 < members.Length && members[i + 1] == '-')
            {
                i += members[i + 2] == '\\' && i + 3 < members.Length ? 3 : 2;
                high = members[i];
            }

            found |= value >= low && value <= high;
        }

        return found != negated;
    }
}
