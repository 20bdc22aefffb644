using ContainerStages.Cli.Progress;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;

namespace ContainerStages.Cli;

/// <summary>
/// Runs what is done with a definition beside building: progress as in a build, the lines that were asked for on standard output.
/// </summary>
internal static class PreparationHost
{
    public static async Task<int> RunAsync(BuildDefinition definition, OptionReader options, IReadOnlyList<string> arguments)
    {
        var kind = options.IsSet("--quiet") ? "quiet" : options.Last("--progress") ?? "auto";
        var lines = new List<string>();
        int code;
        using (var progress = ProgressKinds.Open(kind))
        {
            var events = kind == "json" ? progress.Events : new Lines(progress.Events, lines);
            code = await BuildHost.RunAsync(definition, events, arguments, standardInput: null, _ => Task.FromResult(EngineExitCode.Done));
        }

        foreach (var line in lines)
        {
            await Console.Out.WriteLineAsync(TerminalText.Plain(line));
        }

        return code;
    }

    /// <summary>Keeps lines until nothing is drawn any more.</summary>
    private sealed class Lines(IBuildEvents inner, List<string> lines) : IBuildEvents
    {
        public void Report(BuildEvent buildEvent)
        {
            if (buildEvent is TextReported text)
            {
                lines.Add(text.Text);
            }
            else
            {
                inner.Report(buildEvent);
            }
        }
    }
}
