using ContainerStages.Contracts;

namespace ContainerStages.Diagnostics;

/// <summary>What can stand against writing stages as a Dockerfile (CST2601 and up).</summary>
internal static class ExportDiagnostics
{
    public static Diagnostic NotOurs(string path) =>
        Error(
            "CST2601",
            $"'{path}' is there already and was not written by ExportDockerfile. Name another file with ContainerStagesExportFile, or " +
            "set ContainerStagesExportOverwrite=true to lose it.",
            new SourceLocation(path));

    public static Diagnostic Changed(string path) =>
        Error(
            "CST2602",
            $"'{path}' was written by ExportDockerfile and has been changed since. Take the changes over into the project, then set " +
            "ContainerStagesExportOverwrite=true to write it again.",
            new SourceLocation(path));

    public static Diagnostic NotSayable(string reason, SourceLocation location) =>
        Error("CST2603", $"The stages cannot be written as a Dockerfile: {reason}.", location);

    public static Diagnostic PlatformsDiffer(IEnumerable<string> platforms, SourceLocation location) =>
        Error(
            "CST2604",
            $"The Dockerfiles for {string.Join(" and ", platforms)} differ. Write one at a time: set ContainerRuntimeIdentifier.",
            location);

    public static Diagnostic IsItsSource(string path) =>
        Error(
            "CST2605",
            $"The project is built from '{path}', so it is not written over. Name another file with ContainerStagesExportFile.",
            new SourceLocation(path));

    public static Diagnostic NotWritten(string path, string reason) =>
        Error("CST2606", $"'{path}' cannot be written: {reason}", new SourceLocation(path));

    private static Diagnostic Error(string code, string message, SourceLocation location) => new(code, Severity.Error, message, location);
}
