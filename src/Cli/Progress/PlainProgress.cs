using System.Collections.Concurrent;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;

namespace ContainerStages.Cli.Progress;

/// <summary>One line per thing that happens, for logs and pipes: on standard error, so that standard output holds results alone.</summary>
internal sealed class PlainProgress : IBuildEvents, IDisposable
{
    private const int AnnounceAfter = 200;
    private readonly TextWriter output;
    private readonly ConcurrentDictionary<string, StepStarted> steps = new(StringComparer.Ordinal);
    private readonly Lock gate = new();

    private readonly Timer announce;
    private StepStarted? waiting;

    public PlainProgress(TextWriter output)
    {
        this.output = output;
        announce = new Timer(_ => Announce());
    }

    public void Report(BuildEvent buildEvent)
    {
        lock (gate)
        {
            if (waiting is { } step && (buildEvent as StepFinished)?.Id != step.Id)
            {
                Announce();
            }

            Write(buildEvent);
        }
    }

    public void Dispose() => announce.Dispose();

    /// <summary>A step that ends at once gets one line, a longer one also a line when it begins.</summary>
    private void Announce()
    {
        lock (gate)
        {
            if (waiting is { } step)
            {
                waiting = null;
                output.WriteLine(ProgressText.Title(step));
            }
        }
    }

    private void Write(BuildEvent buildEvent)
    {
        switch (buildEvent)
        {
            case StepStarted step:
                steps[step.Id] = step;
                waiting = step;
                announce.Change(AnnounceAfter, Timeout.Infinite);
                break;
            case OutputLine line:
                output.WriteLine($"{ProgressText.Prefix(steps.GetValueOrDefault(line.Id))}  {TerminalText.Output(line.Text)}");
                break;
            case StepFinished finished when steps.TryGetValue(finished.Id, out var step):
                waiting = waiting?.Id == finished.Id ? null : waiting;
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
