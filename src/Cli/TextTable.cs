using System.Text;

namespace ContainerStages.Cli;

/// <summary>Columns for people: as wide as their widest cell, three blanks between them, as Docker prints them.</summary>
internal static class TextTable
{
    public static string Format(IReadOnlyList<IReadOnlyList<string>> rows)
    {
        var widths = Enumerable.Range(0, rows[0].Count).Select(column => rows.Max(row => row[column].Length)).ToArray();
        var text = new StringBuilder();
        foreach (var row in rows)
        {
            text.AppendLine(string.Concat(row.Select((cell, column) => cell.PadRight(widths[column] + 3))).TrimEnd());
        }

        return text.ToString();
    }
}
