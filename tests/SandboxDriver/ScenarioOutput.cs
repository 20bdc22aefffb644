using System.Collections.Immutable;
using ContainerStages.Sandboxing;
using ContainerStages.TestKit.Sandboxing;

namespace ContainerStages.SandboxDriver;

/// <summary>Keeps the lines, and does at one of them what the scenario wants.</summary>
internal sealed class ScenarioOutput(SandboxScenario scenario) : ISandboxOutput, IDisposable
{
    private readonly Lock _lock = new();
    private readonly ImmutableArray<string>.Builder _lines = ImmutableArray.CreateBuilder<string>();
    private readonly CancellationTokenSource _cancellation = new();

    public CancellationToken Token => _cancellation.Token;

    public ImmutableArray<string> Lines
    {
        get
        {
            lock (_lock)
            {
                return _lines.ToImmutable();
            }
        }
    }

    public void WriteLine(string line, bool isError)
    {
        lock (_lock)
        {
            _lines.Add(isError ? "! " + line : line);
        }

        if (scenario.Live)
        {
            Console.WriteLine(line);
        }

        if (line == scenario.ThrowAtLine)
        {
            throw new ScenarioException();
        }

        if (line == scenario.CancelAtLine)
        {
            _cancellation.Cancel();
        }
    }

    public void Dispose() => _cancellation.Dispose();
}

/// <summary>Thrown on a scenario's own wish.</summary>
internal sealed class ScenarioException : Exception;
