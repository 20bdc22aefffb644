using System.Globalization;

namespace ContainerStages.Engines;

/// <summary>What the kernel does where memory runs out: that of the machine, or of a control group.</summary>
internal static class MemoryShortage
{
    /// <summary>How many processes it has ended for that since it was started. Source: proc(5), vmstat.</summary>
    public static long EndedProcesses() => EndedProcesses(File.ReadLines("/proc/vmstat"));

    /// <summary>
    /// True where one more command is likely to make the kernel look for memory: too little is available, or somebody waits for it already.
    /// </summary>
    public static bool IsNear() =>
        IsLow(Lines("/proc/meminfo"))
            || IsWaitedFor(Lines("/proc/pressure/memory"))
            || IsWaitedFor(Lines("/sys/fs/cgroup/memory.pressure"));

    /// <summary>Less than an eighth is available. Source: proc(5), meminfo.</summary>
    internal static bool IsLow(IReadOnlyCollection<string> memory) =>
        Kilobytes(memory, "MemAvailable:") is { } available && Kilobytes(memory, "MemTotal:") is { } total && available < total / 8;

    /// <summary>
    /// In the last ten seconds some process stood still for memory a tenth of the time. Source: kernel documentation, PSI.
    /// </summary>
    internal static bool IsWaitedFor(IEnumerable<string> pressure) =>
        pressure.FirstOrDefault(line => line.StartsWith("some avg10=", StringComparison.Ordinal)) is { } line
        && double.Parse(line.AsSpan(11, line.IndexOf(' ', 11) - 11), CultureInfo.InvariantCulture) >= 10;

    private static long? Kilobytes(IEnumerable<string> memory, string name) =>
        memory.FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal)) is { } line
            ? long.Parse(line.AsSpan(name.Length).Trim().TrimEnd(" kB"), CultureInfo.InvariantCulture)
            : null;

    // Not every kernel measures pressure, and some that can have it switched off: the file is there, and reading it is refused.
    private static string[] Lines(string file)
    {
        try
        {
            return File.ReadAllLines(file);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    internal static long EndedProcesses(IEnumerable<string> statistics) =>
        statistics.FirstOrDefault(line => line.StartsWith("oom_kill ", StringComparison.Ordinal)) is { } line
            ? long.Parse(line.AsSpan(9), CultureInfo.InvariantCulture)
            : 0;
}
