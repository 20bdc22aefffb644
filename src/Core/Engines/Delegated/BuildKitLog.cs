using System.Globalization;
using System.Text.RegularExpressions;
using ContainerStages.Contracts;

namespace ContainerStages.Engines;

/// <summary>Reads what BuildKit's clients write with <c>--progress plain</c>: lines that begin with the number of a step.</summary>
internal sealed partial class BuildKitLog(StageProgress progress) : IEngineLog
{
    private readonly Dictionary<int, TextLine?> steps = [];

    /// <summary>True once the engine has begun to build.</summary>
    public bool HasBegun => steps.Count > 0;

    public void Read(string line, bool isError)
    {
        if (Numbered().Match(line) is not { Success: true } match)
        {
            if (line.Trim() is { Length: > 0 } said && !said.StartsWith("------", StringComparison.Ordinal))
            {
                progress.Say(said);
            }

            return;
        }

        var number = int.Parse(match.Groups["number"].Value, CultureInfo.InvariantCulture);
        var rest = match.Groups["rest"].Value;
        if (!steps.TryGetValue(number, out var known))
        {
            steps[number] = FindStep(progress, rest) is var (stage, begun) ? Begin(stage, begun) : null;
        }
        else if (known is { } step)
        {
            Read(step, rest);
        }
        else if (rest.StartsWith("ERROR", StringComparison.Ordinal))
        {
            progress.Say(rest);
        }
    }

    private void Read(TextLine step, string rest)
    {
        if (rest == "CACHED")
        {
            progress.End(step, StepOutcome.Cached);
        }
        else if (rest.StartsWith("DONE ", StringComparison.Ordinal))
        {
            progress.End(step, StepOutcome.Done);
        }
        else if (rest == "CANCELED")
        {
            progress.End(step, StepOutcome.Skipped);
        }
        else if (rest.StartsWith("ERROR: ", StringComparison.Ordinal))
        {
            progress.Fail(step, rest["ERROR: ".Length..], ExitCode(rest));
        }
        else if (Output().Match(rest) is { Success: true } output)
        {
            progress.Write(step, output.Groups["text"].Value, isError: false);
        }
    }

    private TextLine Begin(TextStage stage, TextLine line)
    {
        progress.Begin(stage, line);
        return line;
    }

    /// <summary>Finds what a step is by the name that BuildKit gives it.</summary>
    public static (TextStage Stage, TextLine Line)? FindStep(StageProgress progress, string header)
    {
        if (Header().Match(header) is not { Success: true } match)
        {
            return null;
        }

        var stage = match.Groups["stage"] is { Success: true } named ? progress.Find(named.Value) : progress.Only;
        var index = int.Parse(match.Groups["index"].Value, CultureInfo.InvariantCulture) - 1;
        if (stage is null
            || (index -= stage.IsOfImage ? 1 : 0) < 0
            || stage.Lines.Where(line => line.MakesFiles).ElementAtOrDefault(index) is not { } line)
        {
            return null;
        }

        return (stage, line);
    }

    /// <summary>Of the command, where that is why.</summary>
    public static int? ExitCode(string message) =>
        Code().Match(message) is { Success: true } match
            && int.TryParse(match.Groups["code"].Value, CultureInfo.InvariantCulture, out var code)
            ? code
            : null;

    [GeneratedRegex(
        @"^#(?<number>\d+) (?<rest>.*)$",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Numbered();

    [GeneratedRegex(
        @"^\[(\w+/[\w/]+ )?((?<stage>[^\s\]]+) )?(?<index>\d+)/\d+\] ",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Header();

    [GeneratedRegex(
        @"^\d+\.\d+ (?<text>.*)$",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Output();

    [GeneratedRegex(
        @"exit (code|status):? (?<code>\d+)",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Code();
}
