using System.Diagnostics;

namespace ContainerStages.TestKit;

/// <summary>Runs a program of the machine (tar, skopeo, umoci) and returns what it printed.</summary>
public static class RealTool
{
    /// <exception cref="InvalidOperationException">The program failed; the message has its errors.</exception>
    public static async Task<string> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(
            program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? await output
            : throw new InvalidOperationException(
                $"{program} {string.Join(' ', arguments)} failed with {process.ExitCode}: {await errors}{await output}");
    }
}
