using System.Collections.Immutable;
using ContainerStages.Contracts;

namespace ContainerStages.Dockerfile;

/// <summary>
/// A text with the place it has in a file of the user. <paramref name="FirstLine"/> is the line of its first line, 0 where that is not
/// known; <paramref name="IsPart"/> says that its first line is only the end of a line in the file, so that its columns are not known.
/// </summary>
internal sealed record SourceText(string File, ImmutableArray<string> Lines, int FirstLine = 1, bool IsPart = false)
{
    /// <summary>Splits at LF or CRLF and drops a byte order mark; an empty last line is no line.</summary>
    public static SourceText Of(string text, string file, int firstLine = 1, bool isPart = false)
    {
        var lines = text.TrimStart('\uFEFF').Split('\n').Select(line => line.TrimEnd('\r')).ToImmutableArray();
        return new SourceText(file, lines is [.., ""] ? lines[..^1] : lines, firstLine, isPart);
    }

    /// <summary>The range between two places, both counted from 0; the end is the place after the last character.</summary>
    public SourceLocation Locate(Place start, Place end)
    {
        if (FirstLine == 0)
        {
            return new SourceLocation(File);
        }

        var noColumns = IsPart && start.Line == 0;
        return new SourceLocation(
            File,
            FirstLine + start.Line,
            noColumns ? 0 : start.Column + 1,
            FirstLine + end.Line,
            noColumns ? 0 : end.Column + 1);
    }
}

/// <summary>Line and column, both from 0.</summary>
internal readonly record struct Place(int Line, int Column);
