using Microsoft.Win32.SafeHandles;

namespace ContainerStages.Fuzz;

/// <summary>
/// Tries first the inputs that a target begins with, then what the mutator makes of them, until the time is over or one fails. An input
/// that takes a new way through the code is made more of.
/// </summary>
/// <param name="target">What is tried.</param>
/// <param name="seed">The same seed tries the same inputs in the same order.</param>
/// <param name="lastInput">
/// Holds the input that is being tried, so that one that ends the process is not lost; null where nobody wants it.
/// </param>
public sealed class FuzzLoop(FuzzTarget target, int seed, string? lastInput = null) : IDisposable
{
    private const int KindLength = 60;
    private static readonly TimeSpan ReducingBudget = TimeSpan.FromSeconds(30);
    private readonly List<byte[]> _corpus = [.. target.Seeds];
    private readonly SafeFileHandle? _lastInput = lastInput is null ? null : File.OpenHandle(lastInput, FileMode.Create, FileAccess.Write);
    private readonly Coverage _coverage = new();
    private volatile byte[] _current = [];
    private long _begun;

    public long Tried { get; private set; }

    /// <summary>Inputs that are made more of.</summary>
    public int CorpusSize => _corpus.Count;

    /// <summary>Branches seen, 0 where the code is not instrumented.</summary>
    public int Edges => _coverage.Edges;

    public void Dispose() => _lastInput?.Dispose();

    /// <summary>The reduced failure, or null where none was found.</summary>
    /// <param name="time">When to stop.</param>
    /// <param name="most">After how many inputs to stop at the latest, beside those to begin with.</param>
    public FuzzFailure? Run(TimeSpan time, long most = long.MaxValue)
    {
        FuzzFailure? found = null;
        Interlocked.Exchange(ref _begun, Environment.TickCount64);
        var work = new Thread(
            () => found = Search(Environment.TickCount64 + (long)time.TotalMilliseconds, most)) { IsBackground = true, Name = target.Name };
        work.Start();
        while (!work.Join(TimeSpan.FromSeconds(1)))
        {
            if (Environment.TickCount64 - Interlocked.Read(ref _begun) > FuzzTarget.Patience.TotalMilliseconds)
            {
                return new FuzzFailure([.. _current], $"still reading after {FuzzTarget.Patience.TotalSeconds} seconds");
            }
        }

        return found;
    }

    /// <summary>What happens with one input, or null where nothing does.</summary>
    public static FuzzFailure? Try(FuzzTarget target, byte[] input)
    {
        try
        {
            target.Check(input);
            return null;
        }
#pragma warning disable CA1031 // What comes out is what is looked for.
        catch (Exception problem)
#pragma warning restore CA1031
        {
            return new FuzzFailure([.. input], problem.ToString());
        }
    }

    private FuzzFailure? Search(long deadline, long most)
    {
        var mutator = new Mutator(seed, target.Words);
        foreach (var given in target.Seeds)
        {
            if (TryNext(given) is { } failure)
            {
                return Reduced(failure);
            }
        }

        for (var made = 0L; made < most && Environment.TickCount64 < deadline; made++)
        {
            if (TryNext(mutator.Next(_corpus)) is { } failure)
            {
                return Reduced(failure);
            }
        }

        return null;
    }

    private FuzzFailure? TryNext(byte[] input)
    {
        Note(input);
        Coverage.Begin();
        var failure = Try(target, input);
        if (_coverage.EndIsNew())
        {
            _corpus.Add(input);
        }

        Tried++;
        return failure;
    }

    /// <summary>The smaller input fails with the same kind of exception.</summary>
    private FuzzFailure Reduced(FuzzFailure failure)
    {
        var kind = KindOf(failure);
        var smaller = Reducer.Reduce([.. failure.Input], Fails, ReducingBudget);
        return Try(target, smaller)!;

        bool Fails(byte[] input)
        {
            Note(input);
            return Try(target, input) is { } other && KindOf(other) == kind;
        }
    }

    private static string KindOf(FuzzFailure failure) => failure.Problem[..Math.Min(failure.Problem.Length, KindLength)];

    private void Note(byte[] input)
    {
        _current = input;
        Interlocked.Exchange(ref _begun, Environment.TickCount64);
        if (_lastInput is not null)
        {
            RandomAccess.SetLength(_lastInput, input.Length);
            RandomAccess.Write(_lastInput, input, 0);
        }
    }
}
