using System.Threading.Channels;
using ContainerStages.Contracts;

namespace ContainerStages.Tasks.Logging;

/// <summary>
/// Hands events to the log by a thread of its own: MSBuild holds up every message of a task that builds another project, and whoever reads the events of the
/// engine must go on meanwhile. Disposing ends with the last event.
/// </summary>
public sealed class EventQueue : IAsyncDisposable
{
    private readonly Channel<BuildEvent> _events = Channel.CreateUnbounded<BuildEvent>(new UnboundedChannelOptions { SingleReader = true });
    private readonly System.Threading.Tasks.Task _reporting;

    public EventQueue(Action<BuildEvent> report) => _reporting = ReportAsync(report);

    public void Add(BuildEvent buildEvent) => _events.Writer.TryWrite(buildEvent);

    public async ValueTask DisposeAsync()
    {
        _events.Writer.Complete();
        await _reporting;
    }

    private async System.Threading.Tasks.Task ReportAsync(Action<BuildEvent> report)
    {
        await foreach (var buildEvent in _events.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            report(buildEvent);
        }
    }
}
