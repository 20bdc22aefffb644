using System.Collections.Immutable;
using System.Text;

namespace ContainerStages.Sandboxing;

/// <summary>
/// Keeps secrets out of what a command's output and the messages about it show. It finds each line of a secret as it is; what a command
/// encodes it cannot find.
/// </summary>
internal sealed class SecretMask
{
    private const int ShortestLength = 4;
    private static readonly byte[] Shown = "***"u8.ToArray();
    private readonly ImmutableArray<byte[]> parts;

    /// <param name="secrets">Whole secrets. A line that is too short not to be met by chance is not hidden.</param>
    public SecretMask(IEnumerable<byte[]> secrets)
    {
        parts = [.. secrets.SelectMany(Lines).Where(line => line.Length >= ShortestLength).DistinctBy(Convert.ToBase64String)];
        Longest = parts.Select(part => part.Length).DefaultIfEmpty(0).Max();
    }

    public static SecretMask None { get; } = new([]);

    /// <summary>Number of bytes of the longest thing that is hidden; 0 where nothing is.</summary>
    public int Longest { get; }

    public string Apply(string text) => Longest == 0 ? text : Apply(Encoding.UTF8.GetBytes(text), 0, Encoding.UTF8.GetByteCount(text));

    /// <param name="line">Bytes of UTF-8.</param>
    /// <param name="covered">So many at the beginning are the end of a secret whose beginning was shown already.</param>
    /// <param name="cut">Only what is before is shown; what is behind counts for what is hidden.</param>
    internal string Apply(ReadOnlySpan<byte> line, int covered, int cut)
    {
        var shown = new List<byte>(cut);
        var from = 0;
        foreach (var (start, end) in Hidden(line, covered))
        {
            if (start < cut)
            {
                shown.AddRange(line[from..start]);
                shown.AddRange(Shown);
                from = Math.Min(end, cut);
            }
        }

        if (from == 0)
        {
            return Encoding.UTF8.GetString(line[..cut]);
        }

        shown.AddRange(line[from..cut]);
        return Encoding.UTF8.GetString([.. shown]);
    }

    /// <summary>Where a line that goes on must be cut at the latest, so that no secret begins before and ends behind the cut.</summary>
    internal int Cut(ReadOnlySpan<byte> line)
    {
        for (var start = Math.Max(0, line.Length - Longest + 1); start < line.Length; start++)
        {
            var rest = line[start..];
            foreach (var part in parts)
            {
                if (part.Length > rest.Length && part.AsSpan().StartsWith(rest))
                {
                    return start;
                }
            }
        }

        return line.Length;
    }

    /// <summary>How much behind <paramref name="cut"/> belongs to a secret that begins before it.</summary>
    internal int Covered(ReadOnlySpan<byte> line, int covered, int cut)
    {
        var over = Hidden(line, covered).FirstOrDefault(range => range.Start < cut && range.End > cut);
        return over.End > cut ? over.End - cut : 0;
    }

    // Secrets may overlap, or one be the beginning of another: everything that belongs to any of them is hidden.
    private List<(int Start, int End)> Hidden(ReadOnlySpan<byte> line, int covered)
    {
        var found = new List<(int Start, int End)>();
        if (covered > 0)
        {
            found.Add((0, Math.Min(covered, line.Length)));
        }

        foreach (var part in parts)
        {
            for (var start = 0; line[start..].IndexOf(part) is >= 0 and var at; start += at + 1)
            {
                found.Add((start + at, start + at + part.Length));
            }
        }

        return found.Count > 1 ? Joined(found) : found;
    }

    private static List<(int Start, int End)> Joined(List<(int Start, int End)> ranges)
    {
        ranges.Sort();
        var joined = new List<(int Start, int End)> { ranges[0] };
        foreach (var range in ranges)
        {
            if (range.Start > joined[^1].End)
            {
                joined.Add(range);
            }
            else
            {
                joined[^1] = (joined[^1].Start, Math.Max(joined[^1].End, range.End));
            }
        }

        return joined;
    }

    private static IEnumerable<byte[]> Lines(byte[] secret)
    {
        var lines = new List<byte[]>();
        for (var rest = secret.AsSpan(); !rest.IsEmpty;)
        {
            var end = rest.IndexOf((byte)'\n') is >= 0 and var at ? at : rest.Length;
            lines.Add(rest[..end].Trim(" \t\r\0"u8).ToArray());
            rest = rest[Math.Min(end + 1, rest.Length)..];
        }

        return lines;
    }
}
