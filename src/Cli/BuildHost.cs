using System.Collections.Immutable;
using ContainerStages.Building;
using ContainerStages.Content;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Sandboxing;

namespace ContainerStages.Cli;

/// <summary>
/// Runs one build in this process: interrupts, exit codes, and, for an ordinary user whose build has something to run, the change into a
/// user namespace. Where everything is cached no namespace is made.
/// </summary>
internal static class BuildHost
{
    /// <param name="arguments">The program's own, to start it again.</param>
    /// <param name="standardInput">What was read from there, to be read again; or null.</param>
    /// <param name="finish">Called with the result; returns the exit code.</param>
    public static async Task<int> RunAsync(
        BuildDefinition definition,
        IBuildEvents events,
        IReadOnlyList<string> arguments,
        byte[]? standardInput,
        Func<BuildResult, Task<int>> finish)
    {
        using var interrupt = new Interrupt();
        try
        {
            if (definition.Goal != BuildGoal.Publish)
            {
                await new BuildPreparation(definition, events).RunAsync(interrupt.Token);
                return EngineExitCode.Done;
            }

            var build = new Build(definition, events, UserNamespace.IsNeeded ? () => EnterNamespace(arguments, standardInput) : null);
            var result = await build.RunAsync(interrupt.Token);
            events.Report(new BuildFinished(result));
            return await finish(result);
        }
        catch (BuildFailedException failed)
        {
            return Fail(failed.Diagnostics, events);
        }
        catch (Exception failure)
            when (StoreDirectory.Explain(failure, definition.Policy.Store ?? StoreDirectory.DefaultPath()) is { } diagnostic)
        {
            return Fail([diagnostic], events);
        }
        catch (OperationCanceledException) when (interrupt.Token.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync("Interrupted; nothing was published.");
            return EngineExitCode.Interrupted;
        }
        catch (Exception failure) when (failure is not UsageException)
        {
            LastResort.Report(failure, diagnostic => Fail([diagnostic], events));
            return EngineExitCode.Failed;
        }
    }

    // Null as an array would become an empty input.
    private static BuildFailedException EnterNamespace(IReadOnlyList<string> arguments, byte[]? standardInput) =>
        UserNamespace.TryReExecute(
            arguments,
            standardInput is null ? default(ReadOnlyMemory<byte>?) : new ReadOnlyMemory<byte>(standardInput));

    private static int Fail(ImmutableArray<Diagnostic> diagnostics, IBuildEvents events)
    {
        foreach (var diagnostic in diagnostics)
        {
            events.Report(new DiagnosticReported(diagnostic));
        }

        return EngineExitCode.Failed;
    }
}
