using System.Collections.Immutable;
using ContainerStages.Oci;

namespace ContainerStages.Sandboxing;

/// <summary>Runs a command isolated from the machine, on a root filesystem made of layer folders.</summary>
internal interface ISandbox
{
    /// <summary>
    /// Runs to the end and returns the exit code (128 + signal number where a signal ended it). Cancelling kills every process of the
    /// command before the task ends. What the command wrote to its root is in <see cref="SandboxCommand.UpperDirectory"/>.
    /// </summary>
    /// <exception cref="Diagnostics.BuildFailedException">
    /// The sandbox itself could not be made, or the program does not exist in the root.
    /// </exception>
    Task<int> RunAsync(SandboxCommand command, ISandboxOutput output, CancellationToken cancellationToken);
}

/// <summary>What to run, where. Paths of the machine are absolute.</summary>
internal sealed record SandboxCommand
{
    /// <summary>
    /// Read-only layer folders in overlay form (whiteouts as 0/0 character devices, opaque folders as user.overlay.opaque), from the base
    /// up.
    /// </summary>
    public required ImmutableArray<string> LowerDirectories { get; init; }

    /// <summary>Empty folder that receives what the command changes, in overlay form.</summary>
    public required string UpperDirectory { get; init; }

    /// <summary>
    /// Empty folder on the same file system, for the sandbox's own use (overlay work folder, mount points, specification file).
    /// </summary>
    public required string WorkDirectory { get; init; }

    /// <summary>
    /// Program and arguments; a program without a slash is looked up in PATH of <see cref="Environment"/> inside the root.
    /// </summary>
    public required ImmutableArray<string> Arguments { get; init; }

    /// <summary><c>NAME=value</c>.</summary>
    public required ImmutableArray<string> Environment { get; init; }

    /// <summary>Absolute path inside the root; made when it is missing.</summary>
    public required string WorkingDirectory { get; init; }

    /// <summary>What the programs of the root are made for.</summary>
    public Platform Platform { get; init; } = Platform.Host;

    public uint UserId { get; init; }

    public uint GroupId { get; init; }

    public ImmutableArray<uint> SupplementaryGroups { get; init; } = [];

    public string HostName { get; init; } = "buildkitsandbox";

    /// <summary>False: a network namespace of its own with only loopback.</summary>
    public bool Network { get; init; } = true;

    /// <summary>In the order in which they are mounted: one inside another stands behind it.</summary>
    public ImmutableArray<SandboxMount> Mounts { get; init; } = [];

    /// <summary>True: every capability, no system call filter, nothing of /proc and /sys hidden.</summary>
    public bool Privileged { get; init; }

    /// <summary>True: set-user-id programs and capabilities of files have no effect.</summary>
    public bool NoNewPrivileges { get; init; }

    /// <summary>Size of /dev/shm in bytes.</summary>
    public long SharedMemory { get; init; } = 64 * 1024 * 1024;

    public ImmutableArray<SandboxLimit> Limits { get; init; } = [];

    /// <summary>True: the lines of the machine's /etc/hosts too. A build has none of them, so that it gives the same anywhere.</summary>
    public bool MachineHosts { get; init; }

    /// <summary>Further lines of /etc/hosts: address and name.</summary>
    public ImmutableArray<(string Address, string Name)> ExtraHosts { get; init; } = [];

    /// <summary>What the lines of output must not show.</summary>
    public SecretMask Secrets { get; init; } = SecretMask.None;

    /// <summary>
    /// True: standard input, output and error are the caller's own (for <c>run</c>); <see cref="ISandboxOutput"/> hears nothing.
    /// </summary>
    public bool Interactive { get; init; }
}

/// <summary>
/// Receives output as it comes; chunks are whole lines without their line end, except that a last line may lack it. Called from several
/// threads.
/// </summary>
internal interface ISandboxOutput
{
    void WriteLine(string line, bool isError);
}
