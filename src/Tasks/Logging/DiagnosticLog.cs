using ContainerStages.Contracts;
using Microsoft.Build.Utilities;

namespace ContainerStages.Tasks.Logging;

/// <summary>Diagnostics as MSBuild errors and warnings, with their code, place and help link.</summary>
public sealed class DiagnosticLog(TaskLoggingHelper log)
{
    public void Report(Diagnostic diagnostic)
    {
        var at = diagnostic.Location.GetValueOrDefault();
        if (diagnostic.Severity == Severity.Error)
        {
            log.LogError(
                subcategory: null, diagnostic.Code, helpKeyword: diagnostic.Code, diagnostic.HelpLink,
                at.File, at.Line, at.Column, at.EndLine, at.EndColumn, diagnostic.Message);
        }
        else
        {
            log.LogWarning(
                subcategory: null, diagnostic.Code, helpKeyword: diagnostic.Code, diagnostic.HelpLink,
                at.File, at.Line, at.Column, at.EndLine, at.EndColumn, diagnostic.Message);
        }
    }
}
