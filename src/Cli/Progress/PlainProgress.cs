using System.Collections.Concurrent;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;

namespace ContainerStages.Cli.Progress;

/// <summary>One line per thing that happens, for logs and pipes: on standard error, so that standard output holds results alone.</summary>
internal sealed class PlainProgress(TextWriter output) : IBuildEvents
{
    private readonly ConcurrentDictionary<string, StepStarted> steps = new(StringComparer.Ordinal);
    private readonly Lock gate = new();

    public void Report(BuildEvent buildEvent)
    {
        lock (gate)
        {
            Write(buildEvent);
        }
    }

    private void Write(BuildEvent buildEvent)
    {
        switch (buildEvent)
        {
            case StepStarted step:
                steps[step.Id] = step;
                output.WriteLine(ProgressText.Title(step));
                break;
            case OutputLine line:
                output.WriteLine($"{ProgressText.Prefix(steps.GetValueOrDefault(line.Id))}  {line.Text}");
                break;
            case StepFinished finished when steps.TryGetValue(finished.Id, out var step):
                output.WriteLine($"{ProgressText.Title(step)} {ProgressText.Outcome(finished)}");
                break;
            case DiagnosticReported reported:
                output.WriteLine(reported.Diagnostic);
                break;
            default:
                break;
        }
    }
}
