using System.Collections.Immutable;
using ContainerStages.Building;
using ContainerStages.Cli.Progress;
using ContainerStages.Cli.Verbs;
using ContainerStages.Content;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Engines;
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
        var held = new HeldEvents(events);
        var mayExecute = !UserNamespace.IsNeeded;
        if (mayExecute)
        {
            held.Release();
        }

        try
        {
            if (definition.Goal != BuildGoal.Publish)
            {
                held.Release();
                await new BuildPreparation(definition, held).RunAsync(interrupt.Token);
                return VerbTable.Done;
            }

            var build = new Build(definition, held) { MayExecute = mayExecute, Executed = held.Release };
            var result = await build.RunAsync(interrupt.Token);
            held.Report(new BuildFinished(result));
            return await finish(result);
        }
        catch (PrivilegesNeededException)
        {
            // Null as an array would become an empty input.
            UserNamespace.ReExecute([.. arguments], standardInput is null ? default(ReadOnlyMemory<byte>?) : new ReadOnlyMemory<byte>(standardInput));
            return VerbTable.Failed;
        }
        catch (BuildFailedException failed)
        {
            return Fail(failed.Diagnostics, held);
        }
        catch (Exception failure) when (StoreDirectory.Explain(failure, definition.Store ?? StoreDirectory.DefaultPath()) is { } diagnostic)
        {
            return Fail([diagnostic], held);
        }
        catch (OperationCanceledException) when (interrupt.Token.IsCancellationRequested)
        {
            held.Release();
            await Console.Error.WriteLineAsync("Interrupted; nothing was published.");
            return VerbTable.Interrupted;
        }
        catch (Exception failure) when (failure is not UsageException)
        {
            LastResort.Report(failure, diagnostic => Fail([diagnostic], held));
            return VerbTable.Failed;
        }
    }

    private static int Fail(ImmutableArray<Diagnostic> diagnostics, HeldEvents events)
    {
        events.Release();
        foreach (var diagnostic in diagnostics)
        {
            events.Report(new DiagnosticReported(diagnostic));
        }

        return VerbTable.Failed;
    }
}
