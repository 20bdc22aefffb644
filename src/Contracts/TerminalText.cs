using System.Buffers;
using System.Globalization;
using System.Text;

namespace ContainerStages.Contracts;

/// <summary>
/// Text of strangers (an image, a Dockerfile, a registry, the output of a command) as it may be written to a terminal: what would move the
/// cursor, hide text or change the terminal is shown as text instead, as <c>\x1b</c>. Source: ECMA-48.
/// </summary>
public static class TerminalText
{
    private const string Reset = "\e[0m";
    private static readonly SearchValues<char> Numbers = SearchValues.Create("0123456789;:");

    /// <summary>Lines and tabs stay.</summary>
    public static string Plain(string text)
    {
        var letters = text.AsSpan();
        if (!letters.ContainsAnyInRange('\0', '\b')
            && !letters.ContainsAnyInRange('\v', '\x1f')
            && !letters.ContainsAnyInRange('\x7f', '\x9f'))
        {
            return text;
        }

        var shown = new StringBuilder(text.Length + 16);
        foreach (var letter in text)
        {
            _ = IsShown(letter) ? shown.Append(CultureInfo.InvariantCulture, $"\\x{(int)letter:x2}") : shown.Append(letter);
        }

        return shown.ToString();
    }

    /// <summary>In one line: line ends and tabs become spaces.</summary>
    public static string Line(string text) =>
        Plain(text.AsSpan().ContainsAny('\n', '\t') ? text.Replace('\n', ' ').Replace('\t', ' ') : text);

    /// <summary>A line of output: colours stay and end with it, and of a text that is written over only the last is shown.</summary>
    public static string Output(string line) => Output(line, keepColours: true);

    /// <summary>The same without colours.</summary>
    public static string Uncoloured(string line) => Output(line, keepColours: false);

    private static string Output(string line, bool keepColours)
    {
        line = line.TrimEnd('\r');
        line = line[(line.LastIndexOf('\r') + 1)..];
        if (!line.Contains('\e', StringComparison.Ordinal))
        {
            return Plain(line);
        }

        var shown = new StringBuilder(line.Length);
        var coloured = false;
        for (var rest = line.AsSpan(); !rest.IsEmpty;)
        {
            var length = ColourLength(rest);
            if (length > 0 && !keepColours)
            {
                // Nothing of it is shown.
            }
            else if (length > 0)
            {
                coloured = !IsReset(rest[..length]);
                shown.Append(rest[..length]);
            }
            else
            {
                var next = rest[1..].IndexOf('\e');
                length = next < 0 ? rest.Length : next + 1;
                shown.Append(Plain(rest[..length].ToString()));
            }

            rest = rest[length..];
        }

        return coloured ? shown.Append(Reset).ToString() : shown.ToString();
    }

    /// <summary>Length of an SGR sequence at the beginning, ESC [ numbers m; 0 for anything else.</summary>
    private static int ColourLength(ReadOnlySpan<char> text)
    {
        if (text is not ['\e', '[', ..])
        {
            return 0;
        }

        var end = text[2..].IndexOfAnyExcept(Numbers);
        return end >= 0 && text[2 + end] == 'm' ? 2 + end + 1 : 0;
    }

    private static bool IsShown(char letter) => char.IsControl(letter) && letter is not ('\n' or '\t');

    private static bool IsReset(ReadOnlySpan<char> colour) => colour[2..^1] is "" or "0" or "00";
}
