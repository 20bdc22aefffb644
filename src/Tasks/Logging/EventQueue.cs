using System.Threading.Channels;
using ContainerStages.Contracts;

namespace ContainerStages.Tasks.Logging;

/// <summary>
/// Hands events to the log by a thread of its own: MSBuild holds up every message of a task that builds another project, and whoever reads
/// the events of the engine must go on meanwhile. Disposing ends with the last event.
/// </summary>
public sealed class EventQueue : IAsyncDisposable
{
    private readonly Channel<BuildEvent> events = Channel.CreateUnbounded<BuildEvent>(new UnboundedChannelOptions { SingleReader = true });
    private readonly System.Threading.Tasks.Task reporting;

    public EventQueue(Action<BuildEvent> report) => reporting = ReportAsync(report);

    public void Add(BuildEvent buildEvent) => events.Writer.TryWrite(buildEvent);

    public async ValueTask DisposeAsync()
    {
        events.Writer.Complete();
        await reporting;
    }

    private async System.Threading.Tasks.Task ReportAsync(Action<BuildEvent> report)
    {
        await foreach (var buildEvent in events.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            report(buildEvent);
        }
    }
}
