using ContainerStages.Contracts;
using Microsoft.Build.Utilities;

namespace ContainerStages.Tasks.Logging;

/// <summary>
/// What compilers say in steps as errors and warnings of MSBuild, on the files of this machine: each once, however many platforms say it,
/// and a failed step is not told again where what failed in it stands on a file.
/// </summary>
internal sealed class CompilerLog(TaskLoggingHelper log, DiagnosticLog diagnostics, HostFiles hostFiles)
{
    private readonly HashSet<(string?, CompilerMessage)> said = [];
    private readonly List<CompilerMessage> ofProjects = [];
    private bool failureIsSaid;

    /// <summary>What a step said that has ended.</summary>
    public void Add(IEnumerable<CompilerMessage> messages, bool succeeded)
    {
        foreach (var message in messages)
        {
            // Without a severity of its own, a line of this form is an error when the command failed, and talk otherwise.
            var isError = !succeeded && message.Severity != Severity.Warning;
            if (!isError && message.Severity is null)
            {
                continue;
            }

            if (PlaceOf(message) is { } file)
            {
                Write(message, file, isError);
            }
            else if (message.Project.Length > 0 && isError)
            {
                ofProjects.Add(message);
            }
            else if (message.Project.Length > 0)
            {
                WriteOfProject(message, isError: false);
            }
        }
    }

    /// <summary>Writes a diagnostic of the engine, unless it only repeats what stands on a file.</summary>
    public void Report(Diagnostic diagnostic)
    {
        var isStep = diagnostic.Code == Diagnostic.CommandFailed;
        if (isStep)
        {
            WriteOfProjects();
        }
        else if (diagnostic.Severity == Severity.Error)
        {
            // It says what the lines of the projects mean.
            ofProjects.Clear();
        }

        if (isStep && failureIsSaid)
        {
            log.LogMessage(Microsoft.Build.Framework.MessageImportance.Normal, diagnostic.Message.Split(" Its last output:")[0]);
            return;
        }

        diagnostics.Report(diagnostic with { Message = hostFiles.Translate(diagnostic.Message) });
    }

    /// <summary>Writes what no diagnostic came for.</summary>
    public void Complete() => WriteOfProjects();

    // What was generated in the builder is not here, even where a build on this machine left a file of that name.
    private string? PlaceOf(CompilerMessage message) =>
        message.Line == 0 || (message.Project.Length > 0 && message.Path.Contains("/obj/", StringComparison.Ordinal))
            ? null
            : hostFiles.Find(message.Path);

    private void WriteOfProjects()
    {
        foreach (var message in ofProjects)
        {
            WriteOfProject(message, isError: true);
        }

        ofProjects.Clear();
    }

    /// <summary>On the project, with the place behind it where that is a file of the project that only the builder has.</summary>
    private void WriteOfProject(CompilerMessage message, bool isError)
    {
        // The restore of this machine has said the warnings of packages.
        if (hostFiles.Find(message.Project) is { } project
            && (isError || !message.Code.StartsWith("NU", StringComparison.OrdinalIgnoreCase)))
        {
            var folder = Path.GetDirectoryName(message.Project) + "/";
            var place = message.Line > 0 && message.Path.StartsWith(folder, StringComparison.Ordinal)
                ? $"{message.Path[folder.Length..]}({message.Line},{message.Column}): "
                : "";
            Write(message with { Text = place + message.Text, Line = 0, Column = 0 }, project, isError);
        }
    }

    private void Write(CompilerMessage message, string file, bool isError)
    {
        failureIsSaid |= isError;
        var text = hostFiles.Translate(message.Text);
        if (!said.Add((file, message with { Path = "", Project = "" })))
        {
            return;
        }

        if (isError)
        {
            log.LogError(null, Code(message, file), null, null, file, message.Line, message.Column, 0, 0, text);
        }
        else
        {
            log.LogWarning(null, Code(message, file), null, null, file, message.Line, message.Column, 0, 0, text);
        }
    }

    private static string? Code(CompilerMessage message, string file) =>
        message.Code.Length > 0 ? message.Code : file.EndsWith(".go", StringComparison.Ordinal) ? "GO" : null;
}
