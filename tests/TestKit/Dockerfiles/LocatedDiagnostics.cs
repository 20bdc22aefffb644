using ContainerStages.Contracts;
using ContainerStages.Diagnostics;

namespace ContainerStages.TestKit.Dockerfiles;

/// <summary>What every refusal of a text owes its reader: at least one diagnostic, each at a place inside the text.</summary>
public static class LocatedDiagnostics
{
    /// <summary>What is wrong with the places that a failure names, or null.</summary>
    public static string? WrongPlace(BuildFailedException failure, string text, string file)
    {
        var lines = text.Split('\n');
        return failure.Diagnostics.IsEmpty
            ? "the failure has no diagnostic"
            : failure.Diagnostics.Select(diagnostic => WrongPlace(diagnostic, lines, file)).FirstOrDefault(problem => problem is not null);
    }

    private static string? WrongPlace(Diagnostic diagnostic, string[] lines, string file) => diagnostic.Location switch
    {
        null => $"{diagnostic.Code} names no place",
        { } place when place.File != file => $"{diagnostic.Code} names the file '{place.File}'",
        { } place when !IsInside(place, lines) => $"{diagnostic.Code} names {place}, which is outside of the text",
        _ => null,
    };

    private static bool IsInside(SourceLocation place, string[] lines) =>
        place.Line <= lines.Length
        && place.EndLine <= lines.Length
        && (place.Line == 0 || place.Column <= lines[place.Line - 1].Length + 1)
        && (place.EndLine == 0 || (place.Line <= place.EndLine && place.EndColumn <= lines[place.EndLine - 1].Length + 1));
}
