using System.Collections.Frozen;
using System.Globalization;

namespace ContainerStages.Stages;

/// <summary>
/// What STOPSIGNAL may name: a signal of Linux, with or without SIG and in any case, or a number. Source: signal(7); numbers as in
/// BuildKit.
/// </summary>
internal static class StopSignals
{
    private static readonly FrozenSet<string> Names = new[]
    {
        "ABRT", "ALRM", "BUS", "CHLD", "CLD", "CONT", "FPE", "HUP", "ILL", "INT", "IO", "IOT", "KILL", "PIPE", "POLL", "PROF", "PWR",
        "QUIT", "SEGV", "STKFLT", "STOP", "SYS",
        "TERM", "TRAP", "TSTP", "TTIN", "TTOU", "URG", "USR1", "USR2", "VTALRM", "WINCH", "XCPU", "XFSZ", "RTMIN", "RTMAX",
    }
    .Concat(Enumerable.Range(1, 15).Select(number => $"RTMIN+{number.ToString(CultureInfo.InvariantCulture)}"))
    .Concat(Enumerable.Range(1, 14).Select(number => $"RTMAX-{number.ToString(CultureInfo.InvariantCulture)}"))
    .ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    public static bool IsKnown(string text) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
        ? number != 0
        : Names.Contains(text.StartsWith("SIG", StringComparison.OrdinalIgnoreCase) ? text[3..] : text);
}
