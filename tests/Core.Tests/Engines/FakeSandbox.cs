using System.Collections.Concurrent;
using ContainerStages.Planning;
using ContainerStages.Sandboxing;
using ContainerStages.Snapshots;

namespace ContainerStages.Core.Tests.Engines;

/// <summary>
/// A sandbox without a kernel: knows a few commands, parted by <c>;</c>, and remembers what ran. <c>write PATH TEXT</c>, <c>read PATH</c>
/// (as a line of output), <c>say TEXT</c>, <c>exit N</c>, <c>nothing</c>, and <c>wait NAME</c>, which goes on when the test opens the gate
/// of that name.
/// </summary>
internal sealed class FakeSandbox : ISandbox
{
    private readonly ConcurrentQueue<string> runs = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource> gates = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, TaskCompletionSource> reached = new(StringComparer.Ordinal);
    private int running;

    /// <summary>The commands that began, in that order.</summary>
    public IReadOnlyList<string> Runs => [.. runs];

    /// <summary>Commands that have not ended.</summary>
    public int Running => running;

    /// <summary>Lets <c>wait NAME</c> go on.</summary>
    public void Open(string name) => Gate(gates, name).TrySetResult();

    /// <summary>Ends when a command has come to <c>wait NAME</c>.</summary>
    public Task ReachedAsync(string name) => Gate(reached, name).Task.WaitAsync(TimeSpan.FromSeconds(30));

    public async Task<int> RunAsync(SandboxCommand command, ISandboxOutput output, CancellationToken cancellationToken)
    {
        runs.Enqueue(command.Arguments[^1]);
        Interlocked.Increment(ref running);
        try
        {
            return await RunPartsAsync(command, output, cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref running);
        }
    }

    private async Task<int> RunPartsAsync(SandboxCommand command, ISandboxOutput output, CancellationToken cancellationToken)
    {
        foreach (var part in command.Arguments[^1].Split(';', StringSplitOptions.TrimEntries))
        {
            switch (part.Split(' ', 3))
            {
                case ["write", var path, var text]:
                    File.WriteAllText(Path.Combine(Directory.CreateDirectory(command.UpperDirectory).FullName, path[1..]), text);
                    break;
                case ["read", var path]:
                    output.WriteLine(File.ReadAllText(new UnionView(command.LowerDirectories).Find(path)!.HostPath!), isError: false);
                    break;
                case ["wait", var name]:
                    Gate(reached, name).TrySetResult();
                    await Gate(gates, name).Task.WaitAsync(cancellationToken);
                    break;
                case ["exit", var code]:
                    return int.Parse(code);
                case ["say", ..]:
                    output.WriteLine(part["say ".Length..], isError: false);
                    break;
                case ["nothing"]:
                    break;
                default:
                    throw new NotSupportedException($"The fake sandbox knows no '{part}'.");
            }
        }

        return 0;
    }

    private static TaskCompletionSource Gate(ConcurrentDictionary<string, TaskCompletionSource> all, string name) =>
        all.GetOrAdd(name, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
}
