namespace ContainerStages.Registry;

/// <summary>
/// How long a registry is waited for, and how often it is asked: delays double from <see cref="FirstDelay"/>, with jitter; a longer
/// Retry-After is kept to.
/// </summary>
internal sealed record RetryPolicy
{
    public int Attempts { get; init; } = 5;

    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>A registry that asks for a longer pause than this is not waited for.</summary>
    public TimeSpan LongestWait { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Until the headers of an answer.</summary>
    public TimeSpan Answer { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>A body of which hardly a byte comes or goes for so long is a broken connection.</summary>
    public TimeSpan Stall { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Until the answer to an upload that is sent: registries hash it before, and a large one takes its time.</summary>
    public TimeSpan Commit { get; init; } = TimeSpan.FromMinutes(10);

    public async Task<T> RunAsync<T>(Func<Task<T>> attempt, CancellationToken cancellationToken)
    {
        for (var number = 1; ; number++)
        {
            try
            {
                return await attempt();
            }
            catch (EndpointException e) when (MayTryAgain(e, number))
            {
                await WaitAsync(number, e.RetryAfter, cancellationToken);
            }
        }
    }

    public bool MayTryAgain(EndpointException failure, int attempts) =>
        failure.Kind == EndpointFailure.Transient && attempts < Attempts && !(failure.RetryAfter > LongestWait);

    /// <summary>Waits before attempt <paramref name="number"/> + 1.</summary>
    public Task WaitAsync(int number, TimeSpan? retryAfter, CancellationToken cancellationToken)
    {
        var backoff = FirstDelay * Math.Pow(2, number - 1) * (0.75 + (Random.Shared.NextDouble() / 2));
        return Task.Delay(retryAfter > backoff ? retryAfter.Value : backoff, cancellationToken);
    }
}
