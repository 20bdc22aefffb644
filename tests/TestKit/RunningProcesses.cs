using System.Text.RegularExpressions;

namespace ContainerStages.TestKit;

/// <summary>Processes of the machine, to show that a build leaves none.</summary>
public static class RunningProcesses
{
    /// <summary>Waits until none is left, at most ten seconds: what a killed program leaves ends after it.</summary>
    /// <param name="pattern">Regular expression for the whole command line, arguments with a space between.</param>
    /// <returns>Command lines of those that run all the same.</returns>
    public static async Task<IReadOnlyList<string>> LeftAsync(string pattern)
    {
        var left = Find(pattern);
        for (var turn = 0; left.Count > 0 && turn < 100; turn++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100));
            left = Find(pattern);
        }

        return left;
    }

    /// <summary>Command lines of all that run now.</summary>
    public static IReadOnlyList<string> Find(string pattern) =>
        [.. Directory.EnumerateDirectories("/proc")
            .Where(folder => char.IsAsciiDigit(Path.GetFileName(folder)[0]))
            .Select(CommandLine)
            .Where(line => Regex.IsMatch(line, pattern, RegexOptions.None, TimeSpan.FromSeconds(1)))];

    private static string CommandLine(string folder)
    {
        try
        {
            return File.ReadAllText($"{folder}/cmdline").Replace('\0', ' ').Trim();
        }
        catch (IOException)
        {
            // The process has ended.
            return "";
        }
    }
}
