using System.Collections.Concurrent;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;

namespace ContainerStages.TestKit;

/// <summary>Remembers all events in the order they came.</summary>
public sealed class RecordedEvents : IBuildEvents
{
    private readonly ConcurrentQueue<BuildEvent> events = new();

    public IReadOnlyList<BuildEvent> Events => [.. events];

    public void Report(BuildEvent buildEvent) => events.Enqueue(buildEvent);

    /// <summary>Titles of the steps that ended in a way, in order of their ends.</summary>
    public IReadOnlyList<string> Steps(StepOutcome outcome)
    {
        var all = Events;
        var titles = all.OfType<StepStarted>().ToDictionary(step => step.Id, step => step.Title, StringComparer.Ordinal);
        return [.. all.OfType<StepFinished>().Where(step => step.Outcome == outcome).Select(step => titles[step.Id])];
    }
}
