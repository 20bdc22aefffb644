using System.Globalization;

namespace ContainerStages.Contracts;

/// <summary>
/// Files that this process and those that started it are writing. In a build context such a file is another one each time it is read, and
/// nobody means it as an input. Source: proc_pid_fd(5), proc_pid_fdinfo(5).
/// </summary>
public static class OwnOutput
{
    // Bits of the flags that say how a file was opened; 0 is for reading. Source: open(2).
    private const int AccessMode = 3;

    /// <summary>Where standard output and error go.</summary>
    public static IReadOnlyList<string> OfStreams() => [.. Processes()
        .SelectMany(process => new[] { Target(process, "1"), Target(process, "2") })
        .OfType<string>()
        .Distinct(StringComparer.Ordinal)];

    /// <summary>What these processes have open for writing, log files too.</summary>
    public static IReadOnlyList<string> OfAllFiles() =>
        [.. OfStreams().Concat(Processes().SelectMany(Written)).Distinct(StringComparer.Ordinal)];

    private static IEnumerable<int> Processes()
    {
        for (var process = OperatingSystem.IsLinux() ? Environment.ProcessId : 0; process > 0; process = ParentOf(process))
        {
            yield return process;
        }
    }

    /// <summary>0 where there is none.</summary>
    private static int ParentOf(int process)
    {
        var status = Lines($"/proc/{process}/status").FirstOrDefault(line => line.StartsWith("PPid:", StringComparison.Ordinal));
        return status is null ? 0 : int.Parse(status.AsSpan(5), NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture);
    }

    private static IEnumerable<string> Written(int process) =>
        Names($"/proc/{process}/fd")
            .Where(descriptor => IsWritten($"/proc/{process}/fdinfo/{descriptor}"))
            .Select(descriptor => Target(process, descriptor))
            .OfType<string>();

    private static bool IsWritten(string information) =>
        Lines(information).FirstOrDefault(line => line.StartsWith("flags:", StringComparison.Ordinal)) is { } flags
            && (Convert.ToInt64(flags[6..].Trim(), 8) & AccessMode) != 0;

    /// <summary>Null for what is no file that has a name: a pipe, a terminal, a file that was removed.</summary>
    private static string? Target(int process, string descriptor) =>
        new FileInfo($"/proc/{process}/fd/{descriptor}").LinkTarget is { } target
            && target.StartsWith('/')
            && !target.StartsWith("/dev/", StringComparison.Ordinal)
            && File.Exists(target)
            ? target
            : null;

    // A process of somebody else, or one that has just ended, shows nothing.
    private static string[] Lines(string file)
    {
        try
        {
            return File.ReadAllLines(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static string[] Names(string folder)
    {
        try
        {
            return [.. Directory.GetFileSystemEntries(folder).Select(entry => Path.GetFileName(entry))];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
