using System.Globalization;

namespace ContainerStages.Engines;

/// <summary>What the kernel does where memory runs out: that of the machine, or of a control group.</summary>
internal static class MemoryShortage
{
    /// <summary>How many processes it has ended for that since it was started. Source: proc(5), vmstat.</summary>
    public static long EndedProcesses() => EndedProcesses(File.ReadLines("/proc/vmstat"));

    internal static long EndedProcesses(IEnumerable<string> statistics) =>
        statistics.FirstOrDefault(line => line.StartsWith("oom_kill ", StringComparison.Ordinal)) is { } line ? long.Parse(line.AsSpan(9), CultureInfo.InvariantCulture) : 0;
}
