namespace ContainerStages.Sandboxing;

/// <summary>What the sandbox's first process was doing; travels as one byte to the program that started it.</summary>
internal enum SandboxStep : byte
{
    /// <summary>Everything is set up; only execve is left.</summary>
    Ready = 1,
    Unexpected,
    Propagation,
    Overlay,
    MountPoint,
    Proc,
    Devices,
    Sys,
    HostFiles,
    CommandMounts,
    HostName,
    Loopback,
    PivotRoot,
    Limits,
    WorkingDirectory,
    Groups,
    GroupId,
    UserId,
    Capabilities,
    SystemCallFilter,
    NotFound,
    NotExecutable,
    NoInterpreter,
    Bundle,
    Runtime,
}

/// <summary>Where the sandbox could not go on, the error number of the system call (0: none), and what it was about.</summary>
internal readonly record struct SandboxFailure(SandboxStep Step, int Error, string Subject);

/// <summary>Carries a <see cref="SandboxFailure"/> that is no failed system call.</summary>
internal sealed class SandboxException : Exception
{
    internal SandboxException(SandboxFailure failure)
        : base(failure.Subject) => Failure = failure;

    internal SandboxFailure Failure { get; }
}
