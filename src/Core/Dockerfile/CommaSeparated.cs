using System.Collections.Immutable;
using System.Text;

namespace ContainerStages.Dockerfile;

/// <summary>
/// One line of comma-separated values; a field in double quotes may hold commas, and two quotes for one. Source: RFC 4180.
/// </summary>
public static class CommaSeparated
{
    /// <summary>The fields, without their quotes; at least one.</summary>
    public static ImmutableArray<string> Split(string text)
    {
        var fields = ImmutableArray.CreateBuilder<string>();
        var field = new StringBuilder();
        var isQuoted = false;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '"' && isQuoted && i + 1 < text.Length && text[i + 1] == '"')
            {
                field.Append(text[i++]);
            }
            else if (text[i] == '"' && (isQuoted || field.Length == 0))
            {
                isQuoted = !isQuoted;
            }
            else if (text[i] == ',' && !isQuoted)
            {
                fields.Add(field.ToString());
                field.Clear();
            }
            else
            {
                field.Append(text[i]);
            }
        }

        fields.Add(field.ToString());
        return fields.ToImmutable();
    }

    /// <summary>The line that <see cref="Split"/> reads back.</summary>
    public static string Join(IEnumerable<string> fields) =>
        string.Join(',', fields.Select(
            field => field.AsSpan().IndexOfAny(",\"") < 0 ? field : $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\""));
}
