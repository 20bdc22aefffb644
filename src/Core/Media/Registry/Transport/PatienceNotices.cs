using System.Collections.Concurrent;
using System.Diagnostics;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;

namespace ContainerStages.Media.Registry;

/// <summary>Tells that registries are waited for, as steps of the progress display; nothing where they answer soon.</summary>
internal sealed class PatienceNotices(RetryPolicy retry, IBuildEvents events)
{
    private readonly RetryPolicy retry = retry;
    private readonly IBuildEvents events = events;
    private readonly ConcurrentDictionary<string, bool> shown = new(StringComparer.Ordinal);

    /// <summary>Begins to wait for a host; disposing ends it. Several requests to one host show one step.</summary>
    public IAsyncDisposable Wait(string host) => new Notice(this, host);

    private sealed class Notice : IAsyncDisposable
    {
        private readonly PatienceNotices all;
        private readonly string host;
        private readonly Timer timer;
        private readonly Stopwatch watch = Stopwatch.StartNew();
        private ProgressStep? step;

        public Notice(PatienceNotices all, string host)
        {
            (this.all, this.host) = (all, host);
            timer = new Timer(_ => Show(), null, all.retry.Notice, Timeout.InfiniteTimeSpan);
        }

        public async ValueTask DisposeAsync()
        {
            await timer.DisposeAsync();
            if (step is not null)
            {
                step.Finish(StepOutcome.Done);
                all.shown.TryRemove(host, out _);
            }
        }

        private void Show()
        {
            if (all.shown.TryAdd(host, true))
            {
                var patience = $"at most {all.retry.Answer.TotalSeconds:0} seconds, and once more";
                step = ProgressStep.Begin(all.events, "wait", $"wait for the registry {host}, which does not answer ({patience})", watch);
            }
        }
    }
}
