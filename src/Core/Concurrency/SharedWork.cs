namespace ContainerStages.Concurrency;

/// <summary>
/// Does work once for all who ask for it at the same time. Whoever is cancelled leaves, and the work goes on for the others; the last to
/// leave stops it and waits until it is gone, so that nothing runs on behind. A failure reaches all who wait and is not remembered: the
/// next to ask works again.
/// </summary>
/// <param name="remember">True: a result serves whoever asks later. False: only those who ask while the work runs.</param>
internal sealed class SharedWork<TKey, TResult>(bool remember)
    where TKey : notnull
{
    private readonly Dictionary<TKey, Running> running = [];
    private readonly Lock gate = new();

    /// <summary>What is remembered.</summary>
    public IReadOnlyList<TResult> Results
    {
        get
        {
            lock (gate)
            {
                return [.. running.Values.Where(work => work.Completion.IsCompletedSuccessfully).Select(work => work.Completion.Result)];
            }
        }
    }

    /// <param name="work">Gets a token that is cancelled when nobody waits any more.</param>
    /// <param name="cancellationToken">Ends the waiting of this caller.</param>
    public async Task<TResult> DoAsync(TKey key, Func<CancellationToken, Task<TResult>> work, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var joined = Join(key, work);
        try
        {
            return await joined.Completion.WaitAsync(cancellationToken);
        }
        finally
        {
            await LeaveAsync(key, joined);
        }
    }

    /// <summary>Forgets what is remembered: the next to ask works again.</summary>
    public void Forget()
    {
        lock (gate)
        {
            foreach (var (key, work) in running.Where(pair => pair.Value.Completion.IsCompleted).ToArray())
            {
                running.Remove(key);
            }
        }
    }

    private Running Join(TKey key, Func<CancellationToken, Task<TResult>> work)
    {
        lock (gate)
        {
            if (!running.TryGetValue(key, out var joined) || joined.HasFailed)
            {
                running[key] = joined = new Running(work);
            }

            joined.Waiting++;
            return joined;
        }
    }

    private async Task LeaveAsync(TKey key, Running left)
    {
        lock (gate)
        {
            if (--left.Waiting > 0 || (remember && left.Completion.IsCompletedSuccessfully))
            {
                return;
            }

            Remove(key, left);
        }

        await left.DisposeAsync();
        if (remember && left.Completion.IsCompletedSuccessfully)
        {
            KeepLate(key, left);
        }
    }

    /// <summary>Work that ended well although it was stopped.</summary>
    private void KeepLate(TKey key, Running late)
    {
        lock (gate)
        {
            if (!running.TryAdd(key, late))
            {
                (late.Completion.Result as IDisposable)?.Dispose();
            }
        }
    }

    private void Remove(TKey key, Running left)
    {
        if (running.TryGetValue(key, out var current) && ReferenceEquals(current, left))
        {
            running.Remove(key);
        }
    }

    private sealed class Running : IAsyncDisposable
    {
        private readonly CancellationTokenSource stop = new();

        public Running(Func<CancellationToken, Task<TResult>> work)
        {
            var token = stop.Token;
            Completion = Task.Run(() => work(token));
        }

        public Task<TResult> Completion { get; }

        public bool HasFailed => Completion.IsFaulted || Completion.IsCanceled;

        public int Waiting { get; set; }

        public async ValueTask DisposeAsync()
        {
            await stop.CancelAsync();
            await ((Task)Completion).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            stop.Dispose();
        }
    }
}
