using System.Collections.Immutable;
using System.Text;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;

namespace ContainerStages.Conventions;

/// <summary>
/// One statement of a go.mod or go.work: its verb, also of a line inside a block, and the words after it. Source: go.dev/ref/mod, Lexical
/// elements.
/// </summary>
internal sealed record GoModLine(string Verb, ImmutableArray<string> Words, SourceLocation Location)
{
    /// <exception cref="BuildFailedException">A block or a string is not closed.</exception>
    public static ImmutableArray<GoModLine> ReadAll(string text, string fileName)
    {
        var lines = ImmutableArray.CreateBuilder<GoModLine>();
        (string Verb, SourceLocation Location)? block = null;
        foreach (var (content, number) in text.TrimStart('\uFEFF').Split('\n').Select((line, index) => (line, index + 1)))
        {
            var location = new SourceLocation(fileName, number);
            var words = Split(content, location);
            switch (words)
            {
                case []:
                    break;
                case [")"] when block is not null:
                    block = null;
                    break;
                case [var verb, "("] when block is null:
                    block = (verb, location);
                    break;
                case [_, "(", ")"] when block is null:
                    break;
                case [var verb, .. var rest] when block is null:
                    lines.Add(new GoModLine(verb, rest, location));
                    break;
                default:
                    lines.Add(new GoModLine(block!.Value.Verb, words, location));
                    break;
            }
        }

        return block is { } open
            ? throw new BuildFailedException(ProjectDiagnostics.GoModLine(
                $"The block '{open.Verb} (' of {Path.GetFileName(fileName)} is not closed by ')'.", open.Location))
            : lines.ToImmutable();
    }

    /// <summary>The first word.</summary>
    /// <exception cref="BuildFailedException">There is none.</exception>
    public string First(string what) =>
        Words.Length > 0
            ? Words[0]
            : throw new BuildFailedException(
                ProjectDiagnostics.GoModLine($"'{Verb}' of {Path.GetFileName(Location.File)} needs {what}.", Location));

    /// <summary>The only word.</summary>
    /// <exception cref="BuildFailedException">There is none, or more than one.</exception>
    public string Only(string what) =>
        Words.Length == 1
            ? Words[0]
            : throw new BuildFailedException(
                ProjectDiagnostics.GoModLine($"'{Verb}' of {Path.GetFileName(Location.File)} needs {what}, and nothing else.", Location));

    private static ImmutableArray<string> Split(string line, SourceLocation location)
    {
        var words = ImmutableArray.CreateBuilder<string>();
        for (var i = 0; i < line.Length;)
        {
            var character = line[i];
            if (char.IsWhiteSpace(character))
            {
                i++;
            }
            else if (line.AsSpan(i).StartsWith("//", StringComparison.Ordinal))
            {
                break;
            }
            else if (character is '(' or ')')
            {
                words.Add(character.ToString());
                i++;
            }
            else
            {
                words.Add(character is '"' or '`' ? ReadString(line, ref i, location) : ReadWord(line, ref i));
            }
        }

        return words.ToImmutable();
    }

    private static string ReadWord(string line, ref int i)
    {
        var start = i;
        while (i < line.Length
            && !char.IsWhiteSpace(line[i])
            && line[i] is not ('(' or ')')
            && !line.AsSpan(i).StartsWith("//", StringComparison.Ordinal))
        {
            i++;
        }

        return line[start..i];
    }

    private static string ReadString(string line, ref int i, SourceLocation location)
    {
        var quote = line[i++];
        var text = new StringBuilder();
        while (i < line.Length && line[i] != quote)
        {
            i += quote == '"' && line[i] == '\\' && i + 1 < line.Length ? 1 : 0;
            text.Append(line[i++]);
        }

        return i++ < line.Length
            ? text.ToString()
            : throw new BuildFailedException(
                ProjectDiagnostics.GoModLine($"A string of {Path.GetFileName(location.File)} is not closed.", location));
    }
}
