using System.Collections.Immutable;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Layers;
using ContainerStages.Planning;
using ContainerStages.Posix;
using ContainerStages.Sandboxing;
using ContainerStages.Snapshots;
using ContainerStages.Stages;

namespace ContainerStages.Engines;

/// <summary>Runs the command of a RUN step on a stack of layers; what it changes becomes the step's layer.</summary>
internal sealed class RunStepRunner(EngineServices services, CopySources sources)
{
    /// <summary>
    /// Digests of the files that bind mounts bring and that new caches begin with; they count for the step's key, as with BuildKit.
    /// </summary>
    /// <exception cref="BuildFailedException">
    /// The build does not allow what the command asks for, also where the result is known.
    /// </exception>
    public async Task<IReadOnlyList<string>> ContentsAsync(RunStep step, CancellationToken cancellationToken)
    {
        RequireAllowed(step);
        var contents = new List<string>();
        foreach (var files in step.Reads)
        {
            contents.Add(await sources.DigestAsync(files, cancellationToken));
        }

        return contents;
    }

    /// <exception cref="BuildFailedException">The build does not allow what the command asks for.</exception>
    public void RequireAllowed(RunStep step)
    {
        if (step.Insecure && !services.Request.Commands.AllowsInsecure())
        {
            throw new BuildFailedException(MountRunDiagnostics.InsecureNotAllowed(step.Location));
        }
    }

    /// <returns>The folder with the changes.</returns>
    /// <exception cref="BuildFailedException">The command ended with another exit code than 0.</exception>
    public async Task<string> RunAsync(
        RunStep step, ImmutableArray<string> lower, string folder, string eventId, CancellationToken cancellationToken)
    {
        if (RecordedOwners.AreNeeded)
        {
            throw new BuildFailedException(RunDiagnostics.NotPrivileged(step.Title, step.Location));
        }

        using var mounts = await new RunMounts(services, sources, step, folder).PrepareAsync(cancellationToken);
        var command = CommandFor(step, mounts, lower, folder);
        var output = new StepOutput(eventId, services.Events);
        await services.Commands.EnterAsync(cancellationToken);
        var ended = MemoryShortage.EndedProcesses();
        try
        {
            var exitCode = await services.Sandbox.RunAsync(command, output, cancellationToken);
            return exitCode == 0
                ? command.UpperDirectory
                : throw new BuildFailedException(step.Explain?.Invoke(output.LastLines) ?? StepDiagnostics.CommandFailed(
                    step.Title, exitCode, output.LastLines, step.Location, MemoryShortage.EndedProcesses() > ended));
        }
        catch (BuildFailedException failure)
        {
            throw failure.With(mounts.Secrets.Apply, step.Location);
        }
        finally
        {
            services.Commands.Leave();
        }
    }

    private SandboxCommand CommandFor(RunStep step, PreparedMounts mounts, ImmutableArray<string> lower, string folder)
    {
        var view = new UnionView(lower);
        var upper = MakeUpper(folder, view);
        var work = Path.Combine(folder, "work");
        Directory.CreateDirectory(work);
        var user = ImageUsers.Lookup(view, step.User, step.Location);
        var settings = services.Request.Commands;
        var command = new SandboxCommand
        {
            LowerDirectories = lower,
            UpperDirectory = upper,
            WorkDirectory = work,
            Arguments = step.Arguments,
            Environment = WithHome([.. step.Environment, .. step.HiddenEnvironment, .. mounts.Environment], user.Home),
            WorkingDirectory = step.WorkingDirectory,
            Platform = step.Platform,
            UserId = user.UserId,
            GroupId = user.GroupId,
            SupplementaryGroups = user.SupplementaryGroups,
            Network = !services.Request.Policy.Offline
                && (step.Network == RunNetwork.Host || (step.Network == RunNetwork.Default && settings.Network)),
            Privileged = step.Insecure,
            NoNewPrivileges = settings.NoNewPrivileges,
            Mounts = mounts.Mounts,
            Secrets = mounts.Secrets,
            Limits = settings.Limits(),
            ExtraHosts = [.. settings.AddHosts.Select(host => (host.Address, host.Name))],
        };
        return command with { SharedMemory = settings.ShmSize ?? command.SharedMemory, HostName = settings.HostName ?? command.HostName };
    }

    /// <summary>overlayfs shows the upper folder's owner and mode at the root, so they must be those of the layers below.</summary>
    public static string MakeUpper(string folder, UnionView below)
    {
        var upper = Path.Combine(folder, "upper");
        Directory.CreateDirectory(upper);
        LayerComposer.MakeRoot(below, upper, StepRunners.ComposedTime);
        return upper;
    }

    public static ImmutableArray<string> WithHome(ImmutableArray<string> environment, string home) =>
        environment.Any(variable => variable.StartsWith("HOME=", StringComparison.Ordinal)) ? environment : environment.Add("HOME=" + home);
}

/// <summary>Passes a command's lines on and keeps the last ones for the error message.</summary>
internal sealed class StepOutput(string stepId, IBuildEvents events) : ISandboxOutput
{
    private const int Kept = 20;
    private readonly Queue<string> lines = new();

    public IReadOnlyList<string> LastLines
    {
        get
        {
            lock (lines)
            {
                return [.. lines];
            }
        }
    }

    public void WriteLine(string line, bool isError)
    {
        lock (lines)
        {
            lines.Enqueue(line);
            if (lines.Count > Kept)
            {
                lines.Dequeue();
            }
        }

        events.Report(new OutputLine(stepId, line, isError));
    }
}
