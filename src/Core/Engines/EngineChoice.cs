using System.Collections.Immutable;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;

namespace ContainerStages.Engines;

/// <summary>Finds the engine that runs the commands of a build.</summary>
/// <param name="embedded">Runs them here, where it works.</param>
/// <param name="others">In the order in which they are tried.</param>
public sealed class EngineChoice(IEngine embedded, ImmutableArray<IEngine> others)
{
    private readonly List<string> problems = [];

    /// <summary>The engine that is asked first: the one that the user named, else the embedded one.</summary>
    public IEngine First(string asked) => asked == EngineNames.Automatic ? embedded : others.Prepend(embedded).First(engine => engine.Name == asked);

    /// <summary>
    /// The first of the others that has nothing left to do, whether it works or not; else the first that works; null where none does.
    /// </summary>
    /// <param name="request">What is to be made.</param>
    /// <param name="refused">Why the embedded one does not.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<ChosenEngine?> FindOtherAsync(EngineRequest request, BuildFailedException refused, CancellationToken cancellationToken)
    {
        problems.Clear();
        foreach (var engine in others)
        {
            if ((await engine.ForecastAsync(request, cancellationToken)).Known is not null)
            {
                return new ChosenEngine(engine, "");
            }
        }

        foreach (var engine in others)
        {
            var probe = await engine.ProbeAsync(cancellationToken);
            if (probe.Problem is not { } problem)
            {
                var version = probe.Version.Length == 0 ? "" : $" ({probe.Version})";
                var why = FirstSentence(refused.Diagnostics[0].Message);
                return new ChosenEngine(engine, $"engine {engine.Name}{version} runs the commands, because the embedded one cannot: {why}");
            }

            problems.Add($"{engine.Name} ({problem.Code})");
        }

        return null;
    }

    /// <summary>What the embedded engine says, with one more line for the others that were asked in vain.</summary>
    public BuildFailedException Refusal(BuildFailedException refused)
    {
        if (problems.Count == 0)
        {
            return refused;
        }

        var first = refused.Diagnostics[0];
        var line = $"Another engine could run the commands, but none works here: {string.Join(", ", problems)}.";
        return new BuildFailedException(
            [first with { Message = first.Message + Environment.NewLine + "  " + line }, .. refused.Diagnostics.Skip(1)],
            refused);
    }

    private static string FirstSentence(string message) =>
        message.IndexOf(". ", StringComparison.Ordinal) is > 0 and var end ? message[..end] : message.TrimEnd('.');
}

/// <summary>An engine, and the one line that says why it is this one; empty where it has nothing to do.</summary>
public sealed record ChosenEngine(IEngine Engine, string Why);
