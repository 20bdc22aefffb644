using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace ContainerStages.Tasks.Project;

/// <summary>An MSBuild expression in raw text, from its '$', '@' or '%' to its closing parenthesis.</summary>
public readonly record struct Expression(string Text, int Offset)
{
    /// <summary>What stands between the parentheses.</summary>
    public string Body => Text[2..^1];
}

/// <summary>
/// Finds the MSBuild expressions of a text that evaluation turned into nothing: mostly shell <c>$(command)</c>s that nobody meant for
/// MSBuild.
/// </summary>
public static partial class Expansions
{
    /// <summary>The expressions of <paramref name="raw"/> that left no text in <paramref name="evaluated"/>.</summary>
    public static IReadOnlyList<Expression> Vanished(string raw, string evaluated)
    {
        var runs = AdjacentRuns(Find(raw));
        if (runs.Count == 0)
        {
            return [];
        }

        var match = Match(raw, runs, evaluated);
        return match is null
            ? []
            : [.. runs.Where((_, index) => match.Groups[$"e{index}"].Length == 0).SelectMany(run => run)];
    }

    /// <summary>
    /// True where <paramref name="evaluated"/> is <paramref name="raw"/> with something, or nothing, in place of its expressions.
    /// </summary>
    public static bool CanGive(string raw, string evaluated) => Match(raw, AdjacentRuns(Find(raw)), evaluated) is not null;

    /// <summary>Every <c>$(...)</c>, <c>@(...)</c> and <c>%(...)</c>, with balanced parentheses.</summary>
    public static IReadOnlyList<Expression> Find(string raw)
    {
        List<Expression> found = [];
        for (var i = 0; i < raw.Length - 1; i++)
        {
            if (raw[i] is '$' or '@' or '%' && raw[i + 1] == '(' && End(raw, i + 1) is { } end)
            {
                found.Add(new Expression(raw[i..end], i));
                i = end - 1;
            }
        }

        return found;
    }

    // MSBuild counts parentheses and skips quoted text.
    private static int? End(string raw, int open)
    {
        var depth = 0;
        char? quote = null;
        for (var i = open; i < raw.Length; i++)
        {
            var c = raw[i];
            if (quote is not null)
            {
                quote = c == quote ? null : quote;
            }
            else if (c is '\'' or '"' or '`')
            {
                quote = c;
            }
            else if (c == '(')
            {
                depth++;
            }
            else if (c == ')' && --depth == 0)
            {
                return i + 1;
            }
        }

        return null;
    }

    // $(A)$(B): which of the two gave the text cannot be told, so they vanish together or not at all.
    private static List<List<Expression>> AdjacentRuns(IReadOnlyList<Expression> expressions)
    {
        List<List<Expression>> runs = [];
        foreach (var expression in expressions)
        {
            if (runs.Count > 0 && runs[^1][^1] is var last && last.Offset + last.Text.Length == expression.Offset)
            {
                runs[^1].Add(expression);
            }
            else
            {
                runs.Add([expression]);
            }
        }

        return runs;
    }

    private static Match? Match(string raw, List<List<Expression>> runs, string evaluated)
    {
        var pattern = new StringBuilder("^");
        var position = 0;
        for (var i = 0; i < runs.Count; i++)
        {
            pattern.Append(Literal(raw[position..runs[i][0].Offset])).Append(CultureInfo.InvariantCulture, $"(?<e{i}>.*?)");
            position = runs[i][^1].Offset + runs[i][^1].Text.Length;
        }

        pattern.Append(Literal(raw[position..])).Append('$');
        try
        {
            var match = Regex.Match(evaluated, pattern.ToString(), RegexOptions.Singleline, TimeSpan.FromSeconds(1));
            return match.Success ? match : null;
        }
        catch (RegexMatchTimeoutException)
        {
            return null;
        }
    }

    private static string Literal(string raw) => Regex.Escape(Escapes().Replace(raw, Unescape));

    private static string Unescape(Match match) => ((char)Convert.ToInt32(match.Value[1..], 16)).ToString();

    [GeneratedRegex("%[0-9A-Fa-f]{2}", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Escapes();
}
