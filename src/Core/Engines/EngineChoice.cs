using System.Collections.Immutable;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;

namespace ContainerStages.Engines;

/// <summary>Finds the engine that runs the commands of a build.</summary>
/// <param name="embedded">Runs them here, where it works.</param>
/// <param name="others">In the order in which they are tried.</param>
internal sealed class EngineChoice(IEngine embedded, ImmutableArray<IEngine> others)
{
    /// <summary>The engine that is asked first: the one that the user named, else the embedded one.</summary>
    public IEngine First(string asked) =>
        asked == EngineNames.Automatic ? embedded : others.Prepend(embedded).First(engine => engine.Name == asked);

    /// <summary>
    /// The first of the others that has nothing left to do, whether it works or not; else the first that works; none where none does.
    /// </summary>
    /// <param name="request">What is to be made.</param>
    /// <param name="refused">Why the embedded one does not.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<OtherEngine> FindOtherAsync(EngineRequest request, BuildFailedException refused, CancellationToken cancellationToken)
    {
        var problems = ImmutableArray.CreateBuilder<string>();
        foreach (var engine in others)
        {
            if ((await engine.ForecastAsync(request, cancellationToken)).Known is not null)
            {
                return new OtherEngine(new ChosenEngine(engine, ""), []);
            }
        }

        foreach (var engine in others)
        {
            var probe = await engine.ProbeAsync(cancellationToken);
            if (probe.Problem is not { } problem)
            {
                var version = probe.Version.Length == 0 ? "" : $" ({probe.Version})";
                var why = FirstSentence(refused.Diagnostics[0].Message);
                var line = $"engine {engine.Name}{version} runs the commands, because the embedded one cannot: {why}";
                return new OtherEngine(new ChosenEngine(engine, line), problems.ToImmutable());
            }

            problems.Add($"{engine.Name} ({problem.Code})");
        }

        return new OtherEngine(null, problems.ToImmutable());
    }

    private static string FirstSentence(string message) =>
        message.IndexOf(". ", StringComparison.Ordinal) is > 0 and var end ? message[..end] : message.TrimEnd('.');
}

/// <summary>What the search for another engine gave.</summary>
/// <param name="Chosen">Null where none works.</param>
/// <param name="Problems">Of those that were asked in vain.</param>
internal sealed record OtherEngine(ChosenEngine? Chosen, ImmutableArray<string> Problems)
{
    /// <summary>What the embedded engine says, with one more line for the others that were asked in vain.</summary>
    public BuildFailedException Refusal(BuildFailedException refused)
    {
        if (Problems.IsEmpty)
        {
            return refused;
        }

        var first = refused.Diagnostics[0];
        var line = $"Another engine could run the commands, but none works here: {string.Join(", ", Problems)}.";
        return new BuildFailedException(
            [first with { Message = first.Message + Environment.NewLine + "  " + line }, .. refused.Diagnostics.Skip(1)],
            refused);
    }
}

/// <summary>An engine, and the one line that says why it is this one; empty where it has nothing to do.</summary>
internal sealed record ChosenEngine(IEngine Engine, string Why);
