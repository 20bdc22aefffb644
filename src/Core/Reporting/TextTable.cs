using System.Collections.Immutable;
using System.Text;
using ContainerStages.Contracts;

namespace ContainerStages.Reporting;

/// <summary>Cells in columns, each as wide as its widest cell: text to the left, numbers to the right.</summary>
/// <param name="TextColumn">The one column of text among numbers; null where all are text.</param>
public sealed record TextTable(ImmutableArray<string> Header, ImmutableArray<ImmutableArray<string>> Rows, int? TextColumn = null)
{
    private const int Gap = 3; // as Docker prints tables

    public string ToText()
    {
        var rows = Rows.Select(row => row.Select(TerminalText.Line).ToImmutableArray()).Prepend(Header).ToList();
        var widths = Header.Select((_, column) => rows.Max(row => row[column].Length)).ToArray();
        var text = new StringBuilder();
        foreach (var row in rows)
        {
            var cells = row.Select((cell, column) => IsText(column) ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]));
            text.Append(string.Join(new string(' ', Gap), cells).TrimEnd()).Append('\n');
        }

        return text.ToString();
    }

    public string ToMarkdown()
    {
        var text = new StringBuilder();
        AppendRow(text, Header);
        AppendRow(text, [.. Header.Select((_, column) => IsText(column) ? "---" : "---:")]);
        foreach (var row in Rows)
        {
            AppendRow(text, [.. row.Select(cell => TerminalText.Line(cell).Replace("|", "\\|", StringComparison.Ordinal))]);
        }

        return text.ToString();
    }

    private bool IsText(int column) => TextColumn is null || TextColumn == column;

    private static void AppendRow(StringBuilder text, ImmutableArray<string> cells) =>
        text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");
}
