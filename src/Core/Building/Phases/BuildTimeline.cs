using System.Diagnostics;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Reporting;

namespace ContainerStages.Building;

/// <summary>Passes events on, and keeps when each step began and ended.</summary>
internal sealed class BuildTimeline(IBuildEvents events) : IBuildEvents
{
    private readonly Stopwatch watch = Stopwatch.StartNew();
    private readonly Lock gate = new();
    private readonly List<ReportedStep> finished = [];
    private readonly Dictionary<string, StepStarted> running = new(StringComparer.Ordinal);

    public long Milliseconds => watch.ElapsedMilliseconds;

    /// <summary>In the order of their beginning.</summary>
    public IReadOnlyList<ReportedStep> Steps
    {
        get
        {
            lock (gate)
            {
                return [.. finished.OrderBy(step => step.Start).ThenBy(step => step.End)];
            }
        }
    }

    public void Report(BuildEvent buildEvent)
    {
        switch (buildEvent)
        {
            case StepStarted started:
                lock (gate)
                {
                    running[started.Id] = started;
                }

                break;
            case StepFinished ended:
                Add(ended);
                break;
        }

        events.Report(buildEvent);
    }

    private void Add(StepFinished ended)
    {
        lock (gate)
        {
            if (running.Remove(ended.Id, out var started))
            {
                var end = watch.ElapsedMilliseconds;
                finished.Add(new ReportedStep
                {
                    Stage = started.Stage,
                    Title = started.Title,
                    Start = Math.Max(0, end - ended.Milliseconds),
                    End = end,
                    Outcome = ended.Outcome.ToString().ToLowerInvariant(),
                });
            }
        }
    }
}
