namespace ContainerStages.Registry;

/// <summary>Tries again what may work: delays double from <paramref name="baseDelay"/>, with jitter; a longer Retry-After is kept to.</summary>
internal sealed class RetryPolicy(int attempts, TimeSpan baseDelay)
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    public int Attempts => attempts;

    public async Task<T> RunAsync<T>(Func<Task<T>> attempt, CancellationToken cancellationToken)
    {
        for (var number = 1; ; number++)
        {
            try
            {
                return await attempt();
            }
            catch (EndpointException e) when (e.Kind == EndpointFailure.Transient && number < attempts && !(e.RetryAfter > LongestWait))
            {
                await WaitAsync(number, e.RetryAfter, cancellationToken);
            }
        }
    }

    /// <summary>Waits before attempt <paramref name="number"/> + 1.</summary>
    public Task WaitAsync(int number, TimeSpan? retryAfter, CancellationToken cancellationToken)
    {
        var backoff = baseDelay * Math.Pow(2, number - 1) * (0.75 + (Random.Shared.NextDouble() / 2));
        return Task.Delay(retryAfter > backoff ? retryAfter.Value : backoff, cancellationToken);
    }
}
