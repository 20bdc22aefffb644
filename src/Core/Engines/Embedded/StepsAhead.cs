namespace ContainerStages.Engines;

/// <summary>
/// Work of one stage that goes on beside its steps because it needs nothing of them. The first piece that fails stops the stage at once:
/// its step would fail whatever the ones before it do.
/// </summary>
internal sealed class StepsAhead(CancellationToken cancellationToken) : IAsyncDisposable
{
    private readonly CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
    private readonly List<Task> tasks = [];
    private Exception? failure;
    private bool completed;

    /// <summary>Cancelled when the build is, and when a piece failed.</summary>
    public CancellationToken Token => stop.Token;

    /// <summary>Why the pieces stopped the stage; null where they did not.</summary>
    public Exception? Failure => failure;

    public Task<T> Start<T>(Func<CancellationToken, Task<T>> work)
    {
        var task = Task.Run(() => GuardAsync(work), CancellationToken.None);
        tasks.Add(task);
        return task;
    }

    /// <summary>
    /// To be called when all steps are done: pieces that still run are waited for instead of being stopped, because other stages may wait
    /// for the same pull.
    /// </summary>
    public void Complete() => completed = true;

    public async ValueTask DisposeAsync()
    {
        if (!completed)
        {
            await stop.CancelAsync();
        }

        await Task.WhenAll(tasks).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
    }

    private async Task<T> GuardAsync<T>(Func<CancellationToken, Task<T>> work)
    {
        try
        {
            return await work(stop.Token);
        }
        catch (Exception exception) when (!stop.IsCancellationRequested)
        {
            Interlocked.CompareExchange(ref failure, exception, null);
            await stop.CancelAsync();
            throw;
        }
    }
}
