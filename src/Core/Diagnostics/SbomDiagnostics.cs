using ContainerStages.Contracts;

namespace ContainerStages.Diagnostics;

/// <summary>What can stand against a bill of materials (CST6511 and up).</summary>
internal static class SbomDiagnostics
{
    public static Diagnostic NotWritten(string file, string reason) => new(
        "CST6511",
        Severity.Error,
        OneLine.Of($"The bill of materials '{file}' cannot be written: {reason.TrimEnd('.')}. "
            + "Name a file in a folder that is there and may be written to."));

    public static Diagnostic NotMade(string files, string reason) => new(
        "CST6512",
        Severity.Error,
        OneLine.Of($"The bill of materials '{files}' cannot be made: {reason}"));

    public static Diagnostic FileNotRead(string path, string reason) => new(
        "CST6513",
        Severity.Warning,
        OneLine.Of($"The bill of materials lacks the packages that '/{path}' tells of: {reason}. "
            + "Add them by another tool, or mend the file."));
}
