namespace ContainerStages.Reporting;

/// <summary>Expressions of licenses. Source: SPDX 2.3, annex D.</summary>
internal sealed class LicenseExpression
{
    private const int LongestText = 2000;
    private static readonly Lazy<(Dictionary<string, string> Licenses, Dictionary<string, string> Exceptions)> Known = new(Load);
    private readonly List<string> written = [];
    private readonly string[] tokens;
    private int next;

    private LicenseExpression(string text) => tokens = text.Replace("(", " ( ", StringComparison.Ordinal)
        .Replace(")", " ) ", StringComparison.Ordinal)
        .Split(' ', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The expression with names as SPDX writes them; null where the text is none.</summary>
    public static string? TryRead(string text)
    {
        if (text.Length > LongestText)
        {
            return null;
        }

        var reader = new LicenseExpression(text);
        return reader.Expression() && reader.next == reader.tokens.Length
            ? string.Join(' ', reader.written).Replace("( ", "(", StringComparison.Ordinal).Replace(" )", ")", StringComparison.Ordinal)
            : null;
    }

    private bool Expression()
    {
        do
        {
            if (!Term())
            {
                return false;
            }
        }
        while (Take("AND") || Take("OR"));

        return true;
    }

    private bool Term() => Take("(")
        ? Expression() && Take(")")
        : Name(Known.Value.Licenses) && (!Take("WITH") || Name(Known.Value.Exceptions));

    private bool Take(string token)
    {
        if (next == tokens.Length || tokens[next] != token)
        {
            return false;
        }

        written.Add(token);
        next++;
        return true;
    }

    private bool Name(Dictionary<string, string> known)
    {
        if (next == tokens.Length)
        {
            return false;
        }

        var token = tokens[next++];
        var orLater = known == Known.Value.Licenses && token.EndsWith('+') ? "+" : "";
        if (!known.TryGetValue(token[..^orLater.Length], out var name))
        {
            return false;
        }

        written.Add(name + orLater);
        return true;
    }

    private static (Dictionary<string, string> Licenses, Dictionary<string, string> Exceptions) Load()
    {
        using var reader = new StreamReader(typeof(LicenseExpression).Assembly.GetManifestResourceStream("spdx-licenses.txt")!);
        var lines = reader.ReadToEnd().Split('\n').Skip(1).ToArray();
        var end = Array.IndexOf(lines, "");
        return (Names(lines[..end]), Names(lines[end..]));

        static Dictionary<string, string> Names(IEnumerable<string> names) =>
            names.Where(name => name.Length > 0).ToDictionary(name => name, StringComparer.OrdinalIgnoreCase);
    }
}
