using System.Diagnostics;
using ContainerStages.Diagnostics;
using ContainerStages.Posix;

namespace ContainerStages.Engines;

/// <summary>One run of an engine's program: its context goes in, its lines come out while it works.</summary>
internal static class RemoteProgram
{
    /// <summary>Runs a program to its end; cancelling kills it.</summary>
    /// <param name="start">The program, its arguments and variables.</param>
    /// <param name="writeInput">Writes what it reads; null for nothing.</param>
    /// <param name="readLine">Called with each line, and true for one of standard error; never twice at once.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Its exit code; null where there is no such program.</returns>
    public static async Task<int?> RunAsync(
        ProcessStartInfo start,
        Action<Stream, CancellationToken>? writeInput,
        Action<string, bool> readLine,
        CancellationToken cancellationToken)
    {
        using var process = HostProgram.Start(start);
        if (process is null)
        {
            return null;
        }

        await using var stop = cancellationToken.Register(() => process.Kill(entireProcessTree: true));
        var gate = new Lock();
        var reading = Task.WhenAll(ReadAsync(process.StandardOutput, false), ReadAsync(process.StandardError, true));
        var problem = await WriteAsync(process, writeInput, cancellationToken);
        if (problem is not null)
        {
            process.Kill(entireProcessTree: true);
        }

        await reading;
        await process.WaitForExitAsync(CancellationToken.None);
        cancellationToken.ThrowIfCancellationRequested();
        return problem is null ? process.ExitCode : throw problem;

        async Task ReadAsync(StreamReader reader, bool isError)
        {
            while (await reader.ReadLineAsync(CancellationToken.None) is { } line)
            {
                lock (gate)
                {
                    readLine(line, isError);
                }
            }
        }
    }

    /// <summary>Asks a program something, which has to answer in time: whoever does not refuse a connection may never say a word.</summary>
    /// <returns>Null where there is no such program.</returns>
    /// <exception cref="TimeoutException">There was no answer; its message says so.</exception>
    public static async Task<ProgramEnd?> AskAsync(ProcessStartInfo start, TimeSpan patience, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(patience);
        try
        {
            return await HostProgram.RunAsync(start, limit.Token);
        }
        catch (OperationCanceledException end) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"there was no answer in {patience.TotalSeconds:0} seconds.", end);
        }
    }

    /// <summary>A program that stops reading says itself why; a file of the context that cannot be read is ours to tell.</summary>
    private static async Task<Exception?> WriteAsync(
        Process process,
        Action<Stream,
        CancellationToken>? write,
        CancellationToken cancellationToken)
    {
        var input = process.StandardInput.BaseStream;
        try
        {
            if (write is not null)
            {
                await Task.Run(() => write(input, cancellationToken), cancellationToken);
            }
        }
        catch (IOException) when (IsClosing(process))
        {
            return null;
        }
        catch (Exception problem) when (
            problem is IOException or BuildFailedException or SourceChangedException or PosixException or OperationCanceledException)
        {
            return problem;
        }

        try
        {
            input.Close();
        }
        catch (IOException)
        {
            // It had read enough.
        }

        return null;
    }

    private static bool IsClosing(Process process) => process.WaitForExit(TimeSpan.FromSeconds(5));
}
