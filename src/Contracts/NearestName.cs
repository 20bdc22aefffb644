namespace ContainerStages.Contracts;

/// <summary>Finds the name that a mistyped one was meant to be.</summary>
public static class NearestName
{
    /// <summary>The candidate at the smallest edit distance, or null where none is within a third of the length (at least 1).</summary>
    public static string? Find(string name, IEnumerable<string> candidates)
    {
        var limit = Math.Max(1, name.Length / 3) + 1;
        string? best = null;
        foreach (var candidate in candidates)
        {
            var distance = Distance(name, candidate);
            if (distance < limit)
            {
                (best, limit) = (candidate, distance);
            }
        }

        return best;
    }

    /// <summary>A sentence to end a message with: <c> Did you mean 'x'?</c>, or nothing.</summary>
    public static string Suggest(string name, IEnumerable<string> candidates) =>
        Find(name, candidates) is { } nearest ? $" Did you mean '{nearest}'?" : "";

    /// <summary>Edits from one to the other, two neighbours exchanged (FORM, FROM) being one edit; blind to case.</summary>
    public static int Distance(string left, string right)
    {
        var beforeLast = new int[right.Length + 1];
        var last = Enumerable.Range(0, right.Length + 1).ToArray();
        for (var i = 1; i <= left.Length; i++)
        {
            var row = new int[right.Length + 1];
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var substitute = last[j - 1] + (IsSame(left[i - 1], right[j - 1]) ? 0 : 1);
                row[j] = Math.Min(substitute, Math.Min(last[j], row[j - 1]) + 1);
                if (i > 1 && j > 1 && IsSame(left[i - 1], right[j - 2]) && IsSame(left[i - 2], right[j - 1]))
                {
                    row[j] = Math.Min(row[j], beforeLast[j - 2] + 1);
                }
            }

            (beforeLast, last) = (last, row);
        }

        return last[^1];
    }

    private static bool IsSame(char left, char right) => char.ToUpperInvariant(left) == char.ToUpperInvariant(right);
}
