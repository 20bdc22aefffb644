using System.Globalization;
using System.Text;

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
    public static IReadOnlyList<string> OfStreams() => Files(
        Processes().SelectMany(process => new[] { Target(process, "1"), Target(process, "2") }));

    /// <summary>What these processes have open for writing, log files too.</summary>
    public static IReadOnlyList<string> OfAllFiles() =>
        [.. OfStreams().Concat(Files(Processes().SelectMany(Written))).Distinct(StringComparer.Ordinal)];

    private static string[] Files(IEnumerable<string?> targets) =>
        [.. targets.OfType<string>().Distinct(StringComparer.Ordinal).Where(File.Exists)];

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

    private static IEnumerable<string?> Written(int process) =>
        Names($"/proc/{process}/fd")
            .Where(descriptor => IsWritten($"/proc/{process}/fdinfo/{descriptor}"))
            .Select(descriptor => Target(process, descriptor));

    private static bool IsWritten(string information) =>
        Lines(information).FirstOrDefault(line => line.StartsWith("flags:", StringComparison.Ordinal)) is { } flags
            && (Convert.ToInt64(flags[6..].Trim(), 8) & AccessMode) != 0;

    /// <summary>Null for what is no file that has a name: a pipe, a terminal. One that was removed has the name that it had.</summary>
    private static string? Target(int process, string descriptor) =>
        new FileInfo($"/proc/{process}/fd/{descriptor}").LinkTarget is { } target
            && target.StartsWith('/')
            && !target.StartsWith("/dev/", StringComparison.Ordinal)
            ? target
            : null;

    // A process of somebody else, or one that has just ended, shows nothing.
    private static string[] Lines(string file)
    {
        try
        {
            // The kernel makes the text when it is asked, and gives it whole.
            using var handle = File.OpenHandle(file);
            Span<byte> text = stackalloc byte[4096];
            return Encoding.UTF8.GetString(text[..RandomAccess.Read(handle, text, 0)]).Split('\n');
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
