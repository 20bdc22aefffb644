using Tomlyn.Syntax;

namespace ContainerStages.Media.Registry;

/// <summary>
/// Finds what TOML forbids and the parser lets through: a key or a table that is defined again. Source: TOML 1.0, Keys, Table, Array of
/// Tables.
/// </summary>
internal sealed class TomlDuplicates
{
    /// <summary>Keys and tables by path, with the line that defines them. Elements of arrays have numbers in the path.</summary>
    private readonly Dictionary<string, int> defined = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> arrays = new(StringComparer.Ordinal);

    private TomlDuplicates()
    {
    }

    /// <summary>The first thing that is defined twice; null where there is none.</summary>
    public static (SourceSpan Span, string Problem)? Find(DocumentSyntax document) => new TomlDuplicates().FindIn(document);

    private (SourceSpan Span, string Problem)? FindIn(DocumentSyntax document) =>
        FindIn(document.KeyValues, "") ?? document.Tables
            .Select(table => Define(table) ?? FindIn(table.Items, PathOf(table.Name!, isElement: true)))
            .FirstOrDefault(problem => problem is not null);

    private (SourceSpan Span, string Problem)? Define(TableSyntaxBase table)
    {
        var path = PathOf(table.Name!, isElement: false);
        if (table is TableArraySyntax && !defined.ContainsKey(path))
        {
            arrays[path] = arrays.GetValueOrDefault(path) + 1;
            return null;
        }

        return arrays.ContainsKey(path)
            ? (table.Span, $"[{NameOf(table.Name!)}] is a single table here and a list of tables, [[{NameOf(table.Name!)}]], before.")
            : Define(path, table.Span, $"The table [{NameOf(table.Name!)}]");
    }

    private (SourceSpan Span, string Problem)? FindIn(IEnumerable<KeyValueSyntax> items, string parent)
    {
        foreach (var item in items)
        {
            var path = Parts(item.Key!).Aggregate(parent, Below);
            if (Define(path, item.Span, $"The key '{NameOf(item.Key!)}'") is { } twice)
            {
                return twice;
            }

            if (FindIn(item.Value, path) is { } inside)
            {
                return inside;
            }
        }

        return null;
    }

    private (SourceSpan Span, string Problem)? FindIn(ValueSyntax? value, string path) => value switch
    {
        InlineTableSyntax table => FindIn(table.Items.Select(item => item.KeyValue!), path),
        ArraySyntax array => array.Items
            .Select((item, number) => FindIn(item.Value, $"{path}#{number}")).FirstOrDefault(problem => problem is not null),
        _ => null,
    };

    private (SourceSpan Span, string Problem)? Define(string path, SourceSpan span, string what)
    {
        if (defined.TryAdd(path, span.Start.Line + 1))
        {
            return null;
        }

        return (span, $"{what} stands here again; line {defined[path]} has it already. Only one can count.");
    }

    /// <summary>An array of tables on the way stands for its last element.</summary>
    private string PathOf(KeySyntax name, bool isElement)
    {
        var path = "";
        var parts = Parts(name).ToArray();
        foreach (var (number, part) in parts.Index())
        {
            path = Below(path, part);
            if (arrays.TryGetValue(path, out var element) && (isElement || number < parts.Length - 1))
            {
                path += $"#{element}";
            }
        }

        return path;
    }

    private static string Below(string path, string part) => $"{path}\n{part}";

    private static string NameOf(KeySyntax key) => string.Join('.', Parts(key));

    private static IEnumerable<string> Parts(KeySyntax key) =>
        key.DotKeys
            .Select(item => item.Key).Prepend(key.Key)
            .Select(part => part is StringValueSyntax quoted ? quoted.Value ?? "" : part?.ToString().Trim() ?? "");
}
