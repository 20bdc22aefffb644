using ContainerStages.Contracts;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace ContainerStages.Tasks.Logging;

/// <summary>
/// Engine events in the MSBuild log: steps and their output at normal importance, progress at low, diagnostics as errors and warnings, and
/// what compilers say in a RUN as errors and warnings on the host's files.
/// </summary>
public sealed class BuildEventLog(TaskLoggingHelper log, DiagnosticLog diagnostics, HostFiles hostFiles, LongSteps longSteps)
{
    /// <summary>A step that prints more lines of this form than a person reads is no compiler.</summary>
    private const int MostMessages = 1000;

    private readonly CompilerLog compilers = new(log, diagnostics, hostFiles);
    private readonly StageTree tree = new();
    private readonly Dictionary<string, RunningStep> steps = new(StringComparer.Ordinal);

    /// <summary>For lines that were asked for: the terminal logger shows them behind a project's name alone.</summary>
    public string ProjectName { get; init; } = "";

    /// <summary>What was built, once the engine said so.</summary>
    public BuildResult? Result { get; private set; }

    public void Report(BuildEvent buildEvent)
    {
        switch (buildEvent)
        {
            case StepStarted started:
                Begin(started);
                break;
            case OutputLine output:
                Write(output);
                break;
            case StepFinished finished:
                End(finished);
                break;
            case ProgressChanged progress:
                log.LogMessage(
                    MessageImportance.Low,
                    $"{Title(progress.Id)} {progress.Bytes:N0}{(progress.Total > 0 ? $" of {progress.Total:N0}" : "")} bytes");
                break;
            case DiagnosticReported reported:
                compilers.Report(reported.Diagnostic);
                break;
            case TextReported text:
                log.LogMessage(MessageImportance.High, $"{ProjectName} -> {text.Text}");
                break;
            case BuildFinished finished:
                Result = finished.Result;
                break;
            default:
                break;
        }
    }

    /// <summary>Writes what is still held back for steps whose end was never told, and what the build did.</summary>
    public void Complete(bool succeeded)
    {
        foreach (var step in steps.Values)
        {
            compilers.Add(step.Messages, succeeded);
        }

        compilers.Complete();
        steps.Clear();
        foreach (var line in tree.Lines(Result))
        {
            log.LogMessage(MessageImportance.Normal, line);
        }
    }

    private void Begin(StepStarted started)
    {
        var step = new RunningStep(LongSteps.TitleOf(started), TerminalText.Line(started.Stage));
        steps[started.Id] = step;
        tree.Begin(started);
        log.LogMessage(MessageImportance.Low, step.Title);
    }

    private void Write(OutputLine output)
    {
        if (!steps.TryGetValue(output.Id, out var step))
        {
            log.LogMessage(MessageImportance.Normal, TerminalText.Output(output.Text));
            return;
        }

        // A cached step is told by its end alone; one that speaks is named before what it says.
        if (!step.HasOutput)
        {
            step.HasOutput = true;
            log.LogMessage(MessageImportance.Normal, step.Title);
        }

        var shown = TerminalText.Output(output.Text);
        log.LogMessage(MessageImportance.Normal, step.Stage.Length == 0 ? $"  {shown}" : $"[{step.Stage}]   {shown}");
        step.Hear(TerminalText.Uncoloured(output.Text));
    }

    private void End(StepFinished finished)
    {
        tree.End(finished);
        if (!steps.Remove(finished.Id, out var step))
        {
            return;
        }

        if (!longSteps.IsShown(finished.Id))
        {
            log.LogMessage(MessageImportance.Normal, $"{step.Title} {LongSteps.OutcomeOf(finished)}");
        }

        compilers.Add(step.Messages, succeeded: finished.Outcome != StepOutcome.Failed);
    }

    private string Title(string id) => steps.TryGetValue(id, out var step) ? step.Title : id;

    private sealed class RunningStep(string title, string stage)
    {
        public string Title { get; } = title;

        public string Stage { get; } = stage;

        public bool HasOutput { get; set; }

        public List<CompilerMessage> Messages { get; } = [];

        private bool lastWasMessage;

        public void Hear(string line)
        {
            if (Messages.Count < MostMessages && CompilerMessage.Parse(line) is { } message)
            {
                Messages.Add(message);
                lastWasMessage = true;
            }
            else if (lastWasMessage && CompilerMessage.Continues(line))
            {
                Messages[^1] = Messages[^1] with { Text = Messages[^1].Text + Environment.NewLine + "  " + line.Trim() };
            }
            else
            {
                lastWasMessage = false;
            }
        }
    }
}
