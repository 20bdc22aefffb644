using System.Diagnostics;
using ContainerStages.Contracts;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace ContainerStages.Tasks.Logging;

/// <summary>
/// The steps that take long enough for a person to wonder. Each is a line of high importance, which plain logs show at their usual
/// verbosity: when it is known to take long, now and then while it goes on, and when it ends. What ends soon is no line.
/// </summary>
public sealed class LongSteps : IDisposable
{
    private const int TitleWidth = 100;
    private readonly TaskLoggingHelper? log;
    private readonly string projectName;
    private readonly Lock gate = new();
    private readonly List<LongStep> running = [];
    private readonly HashSet<string> shown = new(StringComparer.Ordinal);
    private readonly Timer timer;

    /// <param name="log">Null where they are shown in another way.</param>
    /// <param name="projectName">Stands before each line.</param>
    public LongSteps(TaskLoggingHelper? log, string projectName)
    {
        (this.log, this.projectName) = (log, projectName);
        timer = new Timer(_ => Report());
    }

    /// <summary>As the log names a step.</summary>
    public static string TitleOf(StepStarted started) =>
        TerminalText.Line(started.Stage.Length == 0 ? started.Title : $"[{started.Stage}] {started.Title}");

    /// <summary>How a step ended, in words that follow its title.</summary>
    public static string OutcomeOf(StepFinished finished) => finished.Outcome switch
    {
        StepOutcome.Cached => "cached",
        StepOutcome.Skipped => "skipped",
        StepOutcome.Failed => $"failed after {StageTree.Seconds(finished.Milliseconds)}",
        _ => $"done in {StageTree.Seconds(finished.Milliseconds)}",
    };

    /// <summary>A step that runs so long is shown.</summary>
    public TimeSpan After { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How often a fetch is shown again.</summary>
    public TimeSpan FetchInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often any other step is: some CI systems end a job that is silent.</summary>
    public TimeSpan StepInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Of the steps that take long, the one that began first.</summary>
    public LongStep? First
    {
        get
        {
            lock (gate)
            {
                return running.Find(step => step.Elapsed >= After);
            }
        }
    }

    public void Follow(BuildEvent buildEvent)
    {
        lock (gate)
        {
            switch (buildEvent)
            {
                case StepStarted started:
                    Begin(started);
                    break;
                case ProgressChanged progress when Find(progress.Id) is { } step:
                    (step.Bytes, step.Total) = (progress.Bytes, progress.Total);
                    break;
                case StepFinished finished when Find(finished.Id) is { } step:
                    End(step, OutcomeOf(finished));
                    break;
                default:
                    break;
            }
        }
    }

    /// <summary>True for a step whose end is a line already.</summary>
    public bool IsShown(string id)
    {
        lock (gate)
        {
            return shown.Contains(id);
        }
    }

    /// <summary>The build is over: so are steps whose end was never told.</summary>
    public void EndAll()
    {
        lock (gate)
        {
            foreach (var step in running.ToList())
            {
                End(step, "stopped");
            }
        }
    }

    public void Dispose() => timer.Dispose();

    private LongStep? Find(string id) => running.Find(step => step.Id == id);

    private void Begin(StepStarted started)
    {
        if (running.Count == 0)
        {
            timer.Change(After, After / 4);
        }

        var title = TitleOf(started);
        running.Add(new LongStep(started.Id, title.Length <= TitleWidth ? title : title[..(TitleWidth - 1)] + "…"));
    }

    private void End(LongStep step, string how)
    {
        running.Remove(step);
        if (running.Count == 0)
        {
            timer.Change(Timeout.Infinite, Timeout.Infinite);
        }

        if (step.IsShown)
        {
            shown.Add(step.Id);
            Write($"{step.Title} {how}");
        }

        step.End();
    }

    private void Report()
    {
        lock (gate)
        {
            foreach (var step in log is null ? [] : running.Where(IsDue).ToList())
            {
                Write(step.Text);
                step.Shown();
            }
        }
    }

    private bool IsDue(LongStep step) =>
        !step.IsShown ? step.Elapsed >= After
        : step.Total > 0 ? step.HasMoved && step.SinceShown >= FetchInterval
        : step.SinceShown >= StepInterval;

    // The terminal logger takes a line with an arrow behind a project's name for the project's result.
    private void Write(string text) =>
        log!.LogMessage(MessageImportance.High, "{0}: {1}", projectName, text.Replace(" -> ", " → ", StringComparison.Ordinal));
}

/// <summary>A step that runs.</summary>
public sealed class LongStep(string id, string title)
{
    private readonly Stopwatch watch = Stopwatch.StartNew();
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TimeSpan shownAt;
    private long shownBytes;

    public string Id { get; } = id;

    public string Title { get; } = title;

    public long Bytes { get; set; }

    /// <summary>0 where nobody knows.</summary>
    public long Total { get; set; }

    public TimeSpan Elapsed => watch.Elapsed;

    public bool IsShown { get; private set; }

    public bool HasMoved => Bytes != shownBytes;

    public TimeSpan SinceShown => Elapsed - shownAt;

    /// <summary>Completes with the step.</summary>
    public System.Threading.Tasks.Task Ended => ended.Task;

    /// <summary>The title with what is known of its course.</summary>
    public string Text =>
        Total > 0 ? $"{Title}, {ByteSize.Format(Bytes)} of {ByteSize.Format(Total)}"
        : IsShown ? $"{Title}, for {Elapsed.TotalSeconds:0}s"
        : $"{Title} ...";

    public void Shown() => (IsShown, shownAt, shownBytes) = (true, Elapsed, Bytes);

    public void End() => ended.TrySetResult();
}
