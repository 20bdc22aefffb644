using System.Text;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Oci;

namespace ContainerStages.Sandboxing;

/// <summary>How a sandbox ended. <see cref="Status"/> holds what the first process told before it became the command.</summary>
internal readonly record struct SandboxOutcome(int ExitCode, byte[] Status);

/// <summary>Turns what went wrong before the command ran into diagnostics.</summary>
internal static class SandboxOutcomes
{
    /// <param name="platform">What the programs of the root are made for.</param>
    /// <exception cref="BuildFailedException">The command never ran.</exception>
    public static void ThrowIfFailed(SandboxOutcome outcome, SandboxSpecification specification, Platform platform)
    {
        if (Failure(outcome.Status) is { } failure)
        {
            throw new BuildFailedException(
                (IsForeign(failure) ? ForeignPrograms.Explain(platform) : null) ?? Describe(failure, specification));
        }

        if (outcome.Status is not [(byte)SandboxStep.Ready, ..])
        {
            throw new BuildFailedException(RunDiagnostics.SandboxEnded(outcome.ExitCode));
        }
    }

    // Each message is a step's byte, an error number and a text; Ready has no text.
    private static SandboxFailure? Failure(ReadOnlySpan<byte> status)
    {
        const int head = 5;
        if (status.Length >= head && status[0] == (byte)SandboxStep.Ready)
        {
            status = status[head..];
        }

        return status.Length < head
            ? null
            : new SandboxFailure((SandboxStep)status[0], BitConverter.ToInt32(status[1..head]), Encoding.UTF8.GetString(status[head..]));
    }

    /// <summary>What the kernel says of a program for another processor; without flag F it misses the emulator instead.</summary>
    private static bool IsForeign(SandboxFailure failure) =>
        failure is { Step: SandboxStep.NotExecutable, Error: Posix.Errno.ENOEXEC } or { Step: SandboxStep.NoInterpreter };

    private static Diagnostic Describe(SandboxFailure failure, SandboxSpecification specification) => failure.Step switch
    {
        SandboxStep.Unexpected => UnforeseenFailure.Of($"The sandbox's first process failed at {failure.Subject}"),
        SandboxStep.Overlay => RunDiagnostics.OverlayRefused(failure.Error, specification.Folder),
        SandboxStep.WorkingDirectory => RunDiagnostics.WorkingDirectoryUnusable(specification.WorkingDirectory, failure.Error),
        SandboxStep.Groups or SandboxStep.GroupId or SandboxStep.UserId =>
            RunDiagnostics.IdentityNotMapped(specification.UserId, specification.GroupId, failure.Error),
        SandboxStep.NotFound => RunDiagnostics.ProgramNotFound(specification.Arguments[0], ProgramSearch.Path(specification.Environment)),
        SandboxStep.NotExecutable => RunDiagnostics.ProgramNotExecutable(failure.Subject, failure.Error),
        SandboxStep.NoInterpreter => RunDiagnostics.InterpreterMissing(failure.Subject),
        SandboxStep.Runtime when failure.Error == 0 =>
            RuntimeDiagnostics.Refused(specification.Runtime[0], specification.Arguments[0], failure.Subject),
        var step => RunDiagnostics.SetupFailed(NameOf(step), failure.Error, failure.Subject),
    };

    private static string NameOf(SandboxStep step) => step switch
    {
        SandboxStep.Propagation => "making the mounts private",
        SandboxStep.Proc => "mounting /proc",
        SandboxStep.Sys => "mounting /sys",
        SandboxStep.MountPoint => "protecting /proc and /sys",
        SandboxStep.Devices => "making /dev",
        SandboxStep.HostFiles => "mounting the machine's name resolution",
        SandboxStep.CommandMounts => "mounting what the command asks for at",
        SandboxStep.HostName => "setting the host name",
        SandboxStep.Loopback => "switching on the loopback interface",
        SandboxStep.PivotRoot => "changing the root",
        SandboxStep.Limits => "setting limits",
        SandboxStep.Capabilities => "giving up capabilities",
        SandboxStep.Bundle => "making the OCI runtime's files at",
        SandboxStep.Runtime => "starting the OCI runtime",
        SandboxStep.SystemCallFilter => "installing the system call filter",
        _ => step.ToString(),
    };
}
