using System.Diagnostics;
using System.Text;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;

namespace ContainerStages.Cli.Progress;

/// <summary>
/// For a terminal: finished steps scroll by, below them one live line for each step that is running, with its seconds, bytes moved, or
/// its last output line. A failed step's output is in the error message, so it is not repeated here.
/// </summary>
internal sealed class TtyProgress : IBuildEvents, IDisposable
{
    private const string ClearLine = "\e[2K";
    private readonly TextWriter output;
    private readonly Lock gate = new();
    private readonly List<Running> running = [];
    private readonly Timer redraw;
    private int drawn;

    public TtyProgress(TextWriter output)
    {
        this.output = output;
        redraw = new Timer(_ => Redraw(), null, 100, 100);
    }

    public void Report(BuildEvent buildEvent)
    {
        lock (gate)
        {
            switch (buildEvent)
            {
                case StepStarted step:
                    running.Add(new Running(step));
                    break;
                case OutputLine line when Find(line.Id) is { } step:
                    step.Detail = TerminalText.Uncoloured(line.Text);
                    break;
                case ProgressChanged moved when Find(moved.Id) is { } step:
                    step.Detail = $"{ByteSize.Format(moved.Bytes)}{(moved.Total > 0 ? " of " + ByteSize.Format(moved.Total) : "")}";
                    break;
                case StepFinished finished when Find(finished.Id) is { } step:
                    running.Remove(step);
                    Print($"{Mark(finished.Outcome)} {ProgressText.Title(step.Step)} {Dim(ProgressText.Outcome(finished))}");
                    break;
                case DiagnosticReported reported:
                    Print(reported.Diagnostic.ToString());
                    break;
                default:
                    break;
            }
        }
    }

    public void Dispose()
    {
        redraw.Dispose();
        lock (gate)
        {
            running.Clear();
            Erase();
        }
    }

    private Running? Find(string id) => running.Find(step => step.Step.Id == id);

    private void Print(string line)
    {
        Erase();
        output.WriteLine(line);
        Draw();
    }

    private void Redraw()
    {
        lock (gate)
        {
            Erase();
            Draw();
        }
    }

    private void Draw()
    {
        var width = Math.Max(20, SafeWidth() - 1);
        var text = new StringBuilder();
        foreach (var step in running)
        {
            var line = $"  {ProgressText.Title(step.Step)} {ProgressText.Seconds(step.Watch.ElapsedMilliseconds)} {step.Detail}";
            text.Append(Plain(line, width)).Append('\n');
        }

        drawn = running.Count;
        output.Write(text);
        output.Flush();
    }

    private void Erase()
    {
        for (; drawn > 0; drawn--)
        {
            output.Write("\e[1A" + ClearLine);
        }
    }

    /// <summary>A command's output may hold control characters, which must not reach the terminal here.</summary>
    private static string Plain(string line, int width)
    {
        var shown = TerminalText.Line(line);
        return shown.Length <= width ? shown : shown[..(width - 1)] + "…";
    }

    private static int SafeWidth()
    {
        try
        {
            return Console.WindowWidth;
        }
        catch (IOException)
        {
            return 80;
        }
    }

    private static string Mark(StepOutcome outcome) => outcome == StepOutcome.Failed ? "\e[31m✗\e[0m" : "\e[32m✓\e[0m";

    private static string Dim(string text) => $"\e[2m{text}\e[0m";

    private sealed class Running(StepStarted step)
    {
        public StepStarted Step { get; } = step;

        public Stopwatch Watch { get; } = Stopwatch.StartNew();

        public string Detail { get; set; } = "";
    }
}
