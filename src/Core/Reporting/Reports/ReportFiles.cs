using System.Text;
using System.Text.Json;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;

namespace ContainerStages.Reporting;

/// <summary>Writes reports.</summary>
public static class ReportFiles
{
    /// <summary>Writes a report in the form that the name of its file says.</summary>
    /// <param name="file">Absolute path; its folder is there, and its extension one of <see cref="ReportForm"/>.</param>
    /// <exception cref="BuildFailedException">It cannot be written.</exception>
    public static void Write(ReportDocument report, string file)
    {
        var text = ReportForm.Of(file) switch
        {
            ReportForm.Page => ReportPage.Load() is { } page
                ? page.Fill(report)
                : throw new BuildFailedException(ReportDiagnostics.WithoutPage(file)),
            ReportForm.Markdown => Encoding.UTF8.GetBytes(MarkdownReport.Of(report)),
            _ => Json(report),
        };
        SideFile.Write(file, text, ReportDiagnostics.NotWritten);
    }

    internal static byte[] Json(ReportDocument report) => JsonSerializer.SerializeToUtf8Bytes(report, ReportJson.Default.ReportDocument);
}
