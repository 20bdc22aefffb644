using System.ComponentModel;
using System.Diagnostics;

namespace ContainerStages.Posix;

/// <summary>How a program of this machine ended, and all that it wrote.</summary>
internal readonly record struct ProgramEnd(int ExitCode, string Output, string Error);

/// <summary>Programs of this machine that are asked something and end by themselves.</summary>
internal static class HostProgram
{
    /// <summary>Starts a program with streams of its own; null where there is none of the name.</summary>
    public static Process? Start(ProcessStartInfo start)
    {
        (start.UseShellExecute, start.RedirectStandardInput, start.RedirectStandardOutput, start.RedirectStandardError) =
            (false, true, true, true);
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    /// <summary>Gives the program nothing to read and waits for its end; cancelling kills it with all that it started.</summary>
    /// <returns>Null where there is no such program.</returns>
    public static async Task<ProgramEnd?> RunAsync(ProcessStartInfo start, CancellationToken cancellationToken)
    {
        using var process = Start(start);
        if (process is null)
        {
            return null;
        }

        await using var stop = cancellationToken.Register(() => process.Kill(entireProcessTree: true));
        process.StandardInput.Close();
        using var outputReader = process.StandardOutput;
        using var errorReader = process.StandardError;
        var output = outputReader.ReadToEndAsync(CancellationToken.None);
        var error = await errorReader.ReadToEndAsync(CancellationToken.None);
        await process.WaitForExitAsync(CancellationToken.None);
        cancellationToken.ThrowIfCancellationRequested();
        return new ProgramEnd(process.ExitCode, await output, error);
    }
}
