using System.Runtime.ExceptionServices;

namespace ContainerStages.Snapshots;

/// <summary>
/// Copies of files that run beside the thread that finds them, on all cores. Whoever asks for a path that is still under way must wait:
/// <see cref="Settle"/>.
/// </summary>
internal sealed class CopyQueue
{
    // One file alone is not worth another thread.
    private const int BatchSize = 32;
    private readonly HashSet<string> pending = new(StringComparer.Ordinal);
    private readonly List<Task> running = [];
    private readonly List<Action> batch = new(BatchSize);

    /// <summary>True for a path whose copy may not be complete.</summary>
    public bool Holds(string path) => pending.Contains(path);

    /// <summary>Runs <paramref name="copy"/>, which makes <paramref name="path"/>, before <see cref="Settle"/> returns.</summary>
    /// <exception cref="Exception">What an earlier one threw.</exception>
    public void Add(string path, Action copy)
    {
        pending.Add(path);
        batch.Add(copy);
        if (batch.Count == BatchSize)
        {
            WaitForRoom();
            Action[] copies = [.. batch];
            batch.Clear();
            running.Add(Task.Run(() => Array.ForEach(copies, one => one())));
        }
    }

    /// <summary>Returns when everything is copied.</summary>
    /// <exception cref="Exception">What the first copy that failed threw; nothing is under way any more.</exception>
    public void Settle()
    {
        try
        {
            batch.ForEach(copy => copy());
        }
        catch
        {
            Abandon();
            throw;
        }

        var failure = WaitForAll();
        if (failure is not null)
        {
            ExceptionDispatchInfo.Throw(failure);
        }
    }

    /// <summary>Drops what has not begun, and returns when nothing is under way any more.</summary>
    public void Abandon() => WaitForAll();

    private Exception? WaitForAll()
    {
        batch.Clear();
        pending.Clear();
        Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing).GetAwaiter().GetResult();
        var failure = running.FirstOrDefault(task => task.IsFaulted)?.Exception!.InnerException;
        running.Clear();
        return failure;
    }

    private void WaitForRoom()
    {
        while (running.Count >= Environment.ProcessorCount)
        {
            var index = Task.WaitAny([.. running]);
            var ended = running[index];
            running.RemoveAt(index);
            ended.GetAwaiter().GetResult();
        }
    }
}
