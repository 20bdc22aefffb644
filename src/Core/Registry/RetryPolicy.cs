namespace ContainerStages.Registry;

/// <summary>Tries again what may work: delays double from <see cref="FirstDelay"/>, with jitter; a longer Retry-After is kept to.</summary>
internal sealed record RetryPolicy
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    public int Attempts { get; init; } = 5;

    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>A body of which no byte comes for so long is a broken connection.</summary>
    public TimeSpan Stall { get; init; } = BoundedBody.Stall;

    public async Task<T> RunAsync<T>(Func<Task<T>> attempt, CancellationToken cancellationToken)
    {
        for (var number = 1; ; number++)
        {
            try
            {
                return await attempt();
            }
            catch (EndpointException e) when (e.Kind == EndpointFailure.Transient && number < Attempts && !(e.RetryAfter > LongestWait))
            {
                await WaitAsync(number, e.RetryAfter, cancellationToken);
            }
        }
    }

    /// <summary>Waits before attempt <paramref name="number"/> + 1.</summary>
    public Task WaitAsync(int number, TimeSpan? retryAfter, CancellationToken cancellationToken)
    {
        var backoff = FirstDelay * Math.Pow(2, number - 1) * (0.75 + (Random.Shared.NextDouble() / 2));
        return Task.Delay(retryAfter > backoff ? retryAfter.Value : backoff, cancellationToken);
    }
}
