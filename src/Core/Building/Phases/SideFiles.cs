using ContainerStages.Contracts;
using ContainerStages.Diagnostics;

namespace ContainerStages.Building;

/// <summary>What a build writes beside its image. Nothing that goes wrong with it ends the build: the image is published then.</summary>
/// <param name="events">Hears warnings.</param>
internal sealed class SideFiles(IBuildEvents events)
{
    /// <param name="files">Where to; each is written though another cannot be.</param>
    /// <param name="make">Makes what is written, once.</param>
    /// <param name="write">Writes it to one file.</param>
    /// <param name="notMade">Of the names of the files and the reason.</param>
    public async Task WriteAsync<T>(
        IReadOnlyList<string> files, Func<Task<T>> make, Action<T, string> write, Func<string, string, Diagnostic> notMade)
    {
        try
        {
            var made = await make();
            foreach (var file in files)
            {
                Write(() => write(made, file));
            }
        }
        catch (BuildFailedException failed)
        {
            Warn(notMade(string.Join(", ", files), failed.Diagnostics[0].Message));
        }
    }

    private void Write(Action write)
    {
        try
        {
            write();
        }
        catch (BuildFailedException refused)
        {
            Warn(refused.Diagnostics[0]);
        }
    }

    private void Warn(Diagnostic problem) => events.Report(new DiagnosticReported(ReportDiagnostics.AsWarning(problem)));
}
