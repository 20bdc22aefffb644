using ContainerStages.Contracts;

namespace ContainerStages.Cli.Progress;

/// <summary>How progress reads, wherever it is shown.</summary>
internal static class ProgressText
{
    public static string Prefix(StepStarted? step) => string.IsNullOrEmpty(step?.Stage) ? "" : $"[{step.Stage}] ";

    public static string Title(StepStarted step) => Prefix(step) + step.Title;

    public static string Outcome(StepFinished finished) => finished.Outcome switch
    {
        StepOutcome.Cached => "(cached)",
        StepOutcome.Failed => $"FAILED {Seconds(finished.Milliseconds)}",
        StepOutcome.Skipped => "(nothing to do)",
        _ => $"done {Seconds(finished.Milliseconds)}",
    };

    public static string Seconds(long milliseconds) => $"{milliseconds / 1000.0:0.0}s";

    /// <summary>Bytes as Docker shows them: three digits, decimal units.</summary>
    public static string Bytes(long bytes)
    {
        string[] units = ["B", "kB", "MB", "GB", "TB"];
        var (value, unit) = ((double)bytes, 0);
        while (value >= 1000 && unit < units.Length - 1)
        {
            (value, unit) = (value / 1000, unit + 1);
        }

        return unit == 0 ? $"{bytes}B" : value >= 100 ? $"{value:0}{units[unit]}" : value >= 10 ? $"{value:0.0}{units[unit]}" : $"{value:0.00}{units[unit]}";
    }
}
