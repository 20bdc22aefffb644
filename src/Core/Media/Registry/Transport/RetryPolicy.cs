namespace ContainerStages.Media.Registry;

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

    /// <summary>Until it is clear whether a server speaks TLS or plain HTTP, for each of the two.</summary>
    public TimeSpan Probe { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Until the headers of an answer.</summary>
    public TimeSpan Answer { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>After so long it is told that an answer is waited for.</summary>
    public TimeSpan Notice { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Who takes requests and never answers is asked so often.</summary>
    private const int SilentAttempts = 2;

    /// <summary>A body of which hardly a byte comes or goes for so long is a broken connection.</summary>
    public TimeSpan Stall { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Until the answer to an upload that is sent: registries hash it before, and a large one takes its time.</summary>
    public TimeSpan Commit { get; init; } = TimeSpan.FromMinutes(10);

    public async Task<T> RunAsync<T>(Func<Task<T>> attempt, CancellationToken cancellationToken)
    {
        var silent = 0;
        for (var number = 1; ; number++)
        {
            try
            {
                return await attempt();
            }
            catch (EndpointException e) when (MayTryAgain(e, number, silent))
            {
                silent += e.Kind == EndpointFailure.Silent ? 1 : 0;
                await WaitAsync(number, e.RetryAfter, cancellationToken);
            }
        }
    }

    /// <param name="failure">Of the last attempt.</param>
    /// <param name="attempts">All so far.</param>
    /// <param name="silent">Those before the last one that ended without an answer.</param>
    public bool MayTryAgain(EndpointException failure, int attempts, int silent) => failure.Kind switch
    {
        EndpointFailure.Transient => attempts < Attempts && !(failure.RetryAfter > LongestWait),
        EndpointFailure.Silent => attempts < Attempts && silent + 1 < SilentAttempts,
        _ => false,
    };

    /// <summary>Waits before attempt <paramref name="number"/> + 1.</summary>
    public Task WaitAsync(int number, TimeSpan? retryAfter, CancellationToken cancellationToken)
    {
        var backoff = FirstDelay * Math.Pow(2, number - 1) * (0.75 + (Random.Shared.NextDouble() / 2));
        return Task.Delay(retryAfter > backoff ? retryAfter.Value : backoff, cancellationToken);
    }
}
