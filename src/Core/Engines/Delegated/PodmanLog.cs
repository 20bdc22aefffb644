using System.Globalization;
using System.Text.RegularExpressions;
using ContainerStages.Contracts;

namespace ContainerStages.Engines;

/// <summary>Reads what podman and buildah write while they build: one step after the other, each with its output below.</summary>
internal sealed partial class PodmanLog(StageProgress progress) : IEngineLog
{
    private readonly Lock gate = new();
    private TextLine? current;
    private bool isCached;

    /// <summary>True once the engine has begun to build.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>To be called when it has ended well.</summary>
    public void Complete() => End();

    public void Read(string line, bool isError)
    {
        lock (gate)
        {
            if (!isError && Step().Match(line) is { Success: true } match)
            {
                End();
                Begin(match);
            }
            else if (!isError && Commit().IsMatch(line))
            {
                End();
            }
            else if (!isError && Result().Match(line) is { Success: true } result)
            {
                isCached |= result.Groups["cached"].Success;
                if (!result.Groups["cached"].Success)
                {
                    End();
                }
            }
            else if (isError && Failure().IsMatch(line))
            {
                progress.Say(line);
                if (current is { } step)
                {
                    progress.Fail(step, line, BuildKitLog.ExitCode(line));
                }
            }
            else if (current?.Step is Planning.RunStep)
            {
                progress.Write(current, line, isError);
                if (isError)
                {
                    progress.Say(line);
                }
            }
            else
            {
                progress.Say(line);
            }
        }
    }

    private void Begin(Match match)
    {
        var stage = match.Groups["stage"] is { Success: true } number ? int.Parse(number.Value, CultureInfo.InvariantCulture) - 1 : 0;
        var index = int.Parse(match.Groups["index"].Value, CultureInfo.InvariantCulture) - 2;
        (isCached, HasBegun) = (false, true);
        if (progress.Find(stage) is { } found && found.Lines.ElementAtOrDefault(index) is { } line && index >= 0)
        {
            current = line;
            progress.Begin(found, line);
        }
    }

    private void End()
    {
        if (current is { } step)
        {
            progress.End(step, isCached ? StepOutcome.Cached : StepOutcome.Done);
        }

        current = null;
    }

    [GeneratedRegex(
        @"^(\[(?<stage>\d+)/\d+\] )?STEP (?<index>\d+)/\d+: ",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Step();

    [GeneratedRegex(
        @"^--> ((?<cached>Using cache) )?[0-9a-f]{11,}$",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Result();

    [GeneratedRegex(
        @"^(\[\d+/\d+\] )?COMMIT( |$)",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Commit();

    [GeneratedRegex(
        @"^(Error|error building|time=.*level=error)",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Failure();
}
