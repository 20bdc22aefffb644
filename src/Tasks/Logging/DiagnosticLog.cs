using ContainerStages.Contracts;
using Microsoft.Build.Utilities;

namespace ContainerStages.Tasks.Logging;

/// <summary>Diagnostics as MSBuild errors and warnings, with their code, place and help link.</summary>
public sealed class DiagnosticLog(TaskLoggingHelper log)
{
    /// <summary>
    /// Where a diagnostic without a place of its own stands; without this MSBuild names the file of our targets, which nobody can mend.
    /// </summary>
    public string? ProjectFile { get; set; }

    /// <summary>Stands for the project file of an application that is one file; empty for other projects.</summary>
    public string EntryPointFile { get; set; } = "";

    public void Report(Diagnostic diagnostic)
    {
        var at = diagnostic.Location.GetValueOrDefault();
        var file = diagnostic.Location is null ? ProjectFile : at.File;
        file = EntryPointFile.Length > 0 && file == ProjectFile ? EntryPointFile : file;
        if (diagnostic.Severity == Severity.Error)
        {
            log.LogError(
                subcategory: null, diagnostic.Code, helpKeyword: diagnostic.Code, HelpPage.LinkOf(diagnostic.Code),
                file, at.Line, at.Column, at.EndLine, at.EndColumn, TerminalText.Plain(diagnostic.Message));
        }
        else
        {
            log.LogWarning(
                subcategory: null, diagnostic.Code, helpKeyword: diagnostic.Code, HelpPage.LinkOf(diagnostic.Code),
                file, at.Line, at.Column, at.EndLine, at.EndColumn, TerminalText.Plain(diagnostic.Message));
        }
    }
}
