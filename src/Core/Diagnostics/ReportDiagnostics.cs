using ContainerStages.Contracts;

namespace ContainerStages.Diagnostics;

/// <summary>What can stand against a report on an image (CST6501 and up).</summary>
internal static class ReportDiagnostics
{
    public static Diagnostic NotWritten(string file, string reason) => new(
        "CST6501",
        Severity.Error,
        OneLine.Of(
            $"The report '{file}' cannot be written: {reason.TrimEnd('.')}. Name a file in a folder that is there and may be written to."));

    public static Diagnostic WithoutPage(string file) => new(
        "CST6502",
        Severity.Error,
        $"The report '{file}' cannot be written: this program was built without the report's page, which needs npm. "
        + "Ask for a report in .md or .json, or build the program where npm is installed.");

    public static Diagnostic NotMade(string files, string reason) => new(
        "CST6504",
        Severity.Error,
        OneLine.Of($"The report '{files}' cannot be made: {reason}"));

    /// <summary>Of a build, whose image is there all the same.</summary>
    public static Diagnostic AsWarning(Diagnostic problem) => problem with
    {
        Severity = Severity.Warning,
        Message = problem.Message + " The image was published without it.",
    };
}
