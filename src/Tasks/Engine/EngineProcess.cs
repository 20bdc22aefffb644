using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using ContainerStages.Contracts;
using ContainerStages.Tasks.Posix;

namespace ContainerStages.Tasks.Engine;

/// <summary>
/// How the engine program ended: its exit code and the end of what it wrote on standard error (only a crash writes there).
/// </summary>
/// <param name="HasGreeted">False: it never said that it speaks a contract of ours.</param>
public sealed record EngineExit(int Code, string LastErrorLines, bool HasGreeted);

/// <summary>
/// One run of <c>dotnet-stages execute</c>: the definition on its standard input, one event per line on its standard output.
/// </summary>
public sealed class EngineProcess(EngineProgram program, string workingDirectory)
{
    private const int KeptErrorLines = 40;

    /// <summary>How long the engine may clean up after SIGTERM before it is killed.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Variables that the program gets beside those of this process.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>
    /// Runs to the end, also when cancelled: then the engine is told to stop and waited for, so that nothing runs on behind.
    /// </summary>
    public async Task<EngineExit> RunAsync(BuildDefinition definition, Action<BuildEvent> report, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var process = Start();
        using var kill = new CancellationTokenSource();
        await using var stopping = cancellationToken.Register(() => Stop(process, kill));
        await using var killing = kill.Token.Register(() => Kill(process));
        try
        {
            return await TalkAsync(process, definition, report);
        }
        finally
        {
            Kill(process);
        }
    }

    private static async Task<EngineExit> TalkAsync(Process process, BuildDefinition definition, Action<BuildEvent> report)
    {
        var errors = ReadErrorsAsync(process.StandardError);
        var hasGreeted = false;
        var events = ReadEventsAsync(process.StandardOutput, Receive);
        await SendAsync(definition, process.StandardInput.BaseStream);

        var exit = process.WaitForExitAsync(CancellationToken.None);
        if (await System.Threading.Tasks.Task.WhenAny(events, exit) == events)
        {
            await events;
            await exit;
        }

        await InTimeAsync(events);
        await InTimeAsync(errors);
        return new EngineExit(process.ExitCode, errors.IsCompletedSuccessfully ? await errors : "", hasGreeted);

        void Receive(BuildEvent buildEvent)
        {
            // A program that begins again in a user namespace greets again.
            if (buildEvent is EngineStarted)
            {
                hasGreeted = true;
            }
            else
            {
                report(buildEvent);
            }
        }
    }

    // What a program wrote is there when it has ended, unless another process holds its output open; that one must not hold up the build.
    private static async System.Threading.Tasks.Task InTimeAsync(System.Threading.Tasks.Task reading)
    {
        try
        {
            await reading.WaitAsync(TimeSpan.FromSeconds(30));
        }
        catch (TimeoutException)
        {
            // The lines read so far are all that this build gets to see.
        }
    }

    private Process Start()
    {
        var start = new ProcessStartInfo(program.FileName, [.. program.Arguments, "execute"])
        {
            WorkingDirectory = workingDirectory,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            StandardErrorEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
        };
        foreach (var (name, value) in Environment)
        {
            start.Environment[name] = value;
        }

        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception exception)
        {
            throw new ProjectException(ProjectDiagnostics.EngineNotStarted(program.FileName, exception.Message));
        }
    }

    private void Stop(Process process, CancellationTokenSource kill)
    {
        if (!process.HasExited)
        {
            UserCalls.Terminate(process.Id);
            kill.CancelAfter(Grace);
        }
    }

    private static void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception exception) when (exception is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It, or a child of it, ended while it was being killed.
        }
    }

    private static async System.Threading.Tasks.Task SendAsync(BuildDefinition definition, Stream input)
    {
        try
        {
            await using (input)
            {
                await input.WriteAsync(DefinitionDocument.Write(definition));
            }
        }
        catch (IOException)
        {
            // A broken pipe: the engine has ended already, and its exit code and standard error say why.
        }
    }

    private static async System.Threading.Tasks.Task ReadEventsAsync(StreamReader output, Action<BuildEvent> report)
    {
        while (await output.ReadLineAsync() is { } line)
        {
            if (Parse(line) is { } buildEvent)
            {
                report(buildEvent);
            }
        }
    }

    // A line that is no event can only come from a library that prints; the build must not fail for it, nor hide it.
    private static BuildEvent? Parse(string line)
    {
        try
        {
            return line.Length == 0 ? null : BuildEventReader.Read(line);
        }
        catch (JsonException)
        {
            return new OutputLine("", line, IsError: true);
        }
    }

    private static async Task<string> ReadErrorsAsync(StreamReader errors)
    {
        var lines = new Queue<string>();
        while (await errors.ReadLineAsync() is { } line)
        {
            lines.Enqueue(line);
            if (lines.Count > KeptErrorLines)
            {
                lines.Dequeue();
            }
        }

        return string.Join(System.Environment.NewLine, lines);
    }
}
