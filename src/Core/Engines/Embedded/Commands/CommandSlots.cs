namespace ContainerStages.Engines;

/// <summary>
/// Lets commands run at once. Most wait more than they compute, so there may be more of them than processors; but beyond one for each
/// processor a further one begins only while there is memory for it.
/// </summary>
/// <param name="limit">The most that run at once.</param>
/// <param name="always">How many run at once whatever the memory is.</param>
/// <param name="isMemoryShort">Asked before every further one.</param>
internal sealed class CommandSlots(int limit, int always, Func<bool> isMemoryShort) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(200);
    private readonly SemaphoreSlim slots = new(limit);
    private int running;

    /// <param name="limit">What the build asks for; null for 16, or two for each processor of a larger machine.</param>
    public static CommandSlots Create(int? limit) => new(
        limit ?? Math.Max(16, 2 * Environment.ProcessorCount),
        Math.Max(2, Environment.ProcessorCount),
        MemoryShortage.IsNear);

    /// <summary>Waits until one more command may run; it does until <see cref="Leave"/>.</summary>
    public async Task EnterAsync(CancellationToken cancellationToken)
    {
        await slots.WaitAsync(cancellationToken);
        try
        {
            while (!TryBegin())
            {
                // The memory may be that of others, so there is nothing to be told by.
                await Task.Delay(Patience, cancellationToken);
            }
        }
        catch
        {
            slots.Release();
            throw;
        }
    }

    /// <summary>A command that <see cref="EnterAsync"/> let begin has ended.</summary>
    public void Leave()
    {
        Interlocked.Decrement(ref running);
        slots.Release();
    }

    public void Dispose() => slots.Dispose();

    private bool TryBegin()
    {
        if (Interlocked.Increment(ref running) <= always || !isMemoryShort())
        {
            return true;
        }

        Interlocked.Decrement(ref running);
        return false;
    }
}
