using System.Diagnostics;
using ContainerStages.Contracts;

namespace ContainerStages.Diagnostics;

/// <summary>
/// A step of the progress display, from its beginning, which is reported at once, to its end, which is reported with the time between.
/// </summary>
internal sealed class ProgressStep
{
    private readonly IBuildEvents events;
    private readonly Stopwatch watch;

    private ProgressStep(IBuildEvents events, string id, Stopwatch watch) => (this.events, Id, this.watch) = (events, id, watch);

    /// <summary>Names the step in the events of its output and progress; unique within a build.</summary>
    public string Id { get; }

    /// <param name="id">Unique within the build.</param>
    /// <param name="stage">Title of its stage; empty for what belongs to none.</param>
    /// <param name="title">The instruction as a person wrote it, or what is pulled or pushed.</param>
    /// <param name="watch">Runs since the step began, where that was before it is reported; null: from now.</param>
    public static ProgressStep Begin(IBuildEvents events, string id, string stage, string title, Stopwatch? watch = null)
    {
        events.Report(new StepStarted(id, stage, title));
        return new ProgressStep(events, id, watch ?? Stopwatch.StartNew());
    }

    /// <summary>Begins a step that belongs to no stage, with an id of its own.</summary>
    /// <param name="kind">Begins the id, for whoever reads the events.</param>
    public static ProgressStep Begin(IBuildEvents events, string kind, string title, Stopwatch? watch = null) =>
        Begin(events, $"{kind}-{Guid.NewGuid():N}", "", title, watch);

    /// <summary>A step whose result is there already.</summary>
    public static void Cached(IBuildEvents events, string id, string stage, string title)
    {
        events.Report(new StepStarted(id, stage, title));
        events.Report(new StepFinished(id, StepOutcome.Cached, 0));
    }

    /// <param name="bytes">Moved so far.</param>
    /// <param name="total">0: unknown.</param>
    public void Progress(long bytes, long total) => events.Report(new ProgressChanged(Id, bytes, total));

    public void Finish(StepOutcome outcome) => events.Report(new StepFinished(Id, outcome, watch.ElapsedMilliseconds));
}
