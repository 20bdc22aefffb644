using System.Text;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Stages;

namespace ContainerStages.Fuzz.Targets;

/// <summary>A word with variables expands, or is refused; a protected text expands to itself.</summary>
internal static class WordsTarget
{
    private static readonly Dictionary<string, string> Variables =
        new(StringComparer.Ordinal) { ["A"] = "x*y", ["E"] = "", ["L"] = new string('a', 200) };

    private static readonly string[] Forms =
    [
        "$A", "${A}b", "${A:-$B}", "${A-b}", "${A:+c}", "${A+c}", "${B:?no}", "${B?no}", "${L#a*}", "${L##a*}", "${L%a*}", "${L%%*a}",
        "${A/x/z}", "${A//[xy]/z}", "\"$A\"'$A'", "\\$A", "${A:-${B:-${E}}}", "a\\ b", "[a-z]?*",
    ];

    private static readonly string[] Pieces =
    [
        "$", "{", "}", "${A", "${L", ":-", ":+", ":?", "#", "##", "%", "%%", "/", "//", "*", "?", "[", "]", "[!a-", "[^", "\\", "\"", "'",
        " ", "A", "E", "L", "é", "*a*a*a*b",
    ];

    public static FuzzTarget Create() =>
        new("words", [.. Inputs.Kept("words"), .. Inputs.Of(Forms)], Inputs.Of(Pieces), input => Check(Encoding.UTF8.GetString(input)));

    private static void Check(string text)
    {
        var place = new SourceLocation("f", 1);
        var expander = new WordExpander();
        try
        {
            expander.Expand(text, Variables, place);
            expander.ExpandText(text, Variables, place);
        }
        catch (BuildFailedException refused) when (refused.Diagnostics.All(diagnostic => diagnostic.Location is { File: "f" }))
        {
        }

        if (expander.ExpandWord(expander.Protect(text), Variables, place) is var expanded && expanded != text)
        {
            throw new PropertyBrokenException($"protected, the text expands to '{expanded}'");
        }
    }
}
