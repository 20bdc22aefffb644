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
}
