using ContainerStages.Contracts;

namespace ContainerStages.Cli.Progress;

/// <summary>How progress reads, wherever it is shown.</summary>
internal static class ProgressText
{
    public static string Prefix(StepStarted? step) => string.IsNullOrEmpty(step?.Stage) ? "" : $"[{TerminalText.Line(step.Stage)}] ";

    public static string Title(StepStarted step) => Prefix(step) + TerminalText.Line(step.Title);

    public static string Outcome(StepFinished finished) => finished.Outcome switch
    {
        StepOutcome.Cached => "(cached)",
        StepOutcome.Failed => $"FAILED {Seconds(finished.Milliseconds)}",
        StepOutcome.Skipped => "(nothing to do)",
        _ => $"done {Seconds(finished.Milliseconds)}",
    };

    public static string Seconds(long milliseconds) => $"{milliseconds / 1000.0:0.0}s";
}
