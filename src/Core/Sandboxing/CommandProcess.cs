using System.Runtime.CompilerServices;
using ContainerStages.Posix;
using Microsoft.Win32.SafeHandles;

namespace ContainerStages.Sandboxing;

/// <summary>
/// The process that becomes the command, as the first of a pid namespace inside that of the sandbox's first process, which waits for it. A
/// command that changes its user, or starts with a set-user-id program, loses the wish to die with its parent; the first process never does,
/// and whatever is inside its namespace dies with it.
/// </summary>
/// <remarks>The new process has no other thread of the runtime: it makes system calls only, by code that was compiled before.</remarks>
internal sealed unsafe class CommandProcess : IDisposable
{
    private readonly (SafeFileHandle Read, SafeFileHandle Write) _told = ProcessCalls.CreatePipe();
    private readonly (SafeFileHandle Read, SafeFileHandle Write) _goes = ProcessCalls.CreatePipe();
    private readonly DirectSystem _system;
    private readonly CommandEntry _entry;
    private readonly NativeArguments _texts;
    private readonly int _tells;
    private readonly int _waits;
    private int _process;

    private CommandProcess(DirectSystem system, SandboxSpecification specification, string proc)
    {
        _system = system;
        _entry = new CommandEntry(system, specification);
        _texts = new NativeArguments(["proc", proc]);
        _tells = (int)_told.Write.DangerousGetHandle();
        _waits = (int)_goes.Read.DangerousGetHandle();
    }

    /// <summary>
    /// Starts it in the current folder, the new root. It mounts a /proc of its own processes, which no other process could, and waits.
    /// </summary>
    /// <param name="specification">What the command is.</param>
    /// <param name="proc">Where /proc is to be mounted.</param>
    /// <exception cref="PosixException">No process could be made, or it could not mount.</exception>
    public static CommandProcess Start(SandboxSpecification specification, SafeFileHandle proc)
    {
        var place = $"/proc/self/fd/{proc.DangerousGetHandle()}";
        if (RuntimeFeature.IsDynamicCodeSupported)
        {
            // Once without effect, so that the runtime has compiled everything.
            using var practice = new CommandProcess(DirectSystem.Practice(), specification, place);
            practice.Fork();
            practice._entry.Rehearse();
        }

        var process = new CommandProcess(DirectSystem.Create(), specification, place);
        try
        {
            process.Fork();
            process.AwaitMount();
            return process;
        }
        catch
        {
            process.Dispose();
            throw;
        }
    }

    /// <summary>Lets it become the command, and waits for its end.</summary>
    /// <returns>Exit code, or 128 + signal number.</returns>
    public int Run()
    {
        // What is typed at the terminal of an interactive command is for the command.
        _system.IgnoreSignals();
        ProcessCalls.Write(_goes.Write, [1]);
        return ProcessCalls.Wait(_process);
    }

    public void Dispose()
    {
        _told.Read.Dispose();
        _told.Write.Dispose();
        _goes.Read.Dispose();
        _goes.Write.Dispose();
        _entry.Dispose();
        _texts.Dispose();
    }

    private void AwaitMount()
    {
        Span<byte> told = stackalloc byte[sizeof(int)];
        if (_process < 0)
        {
            throw new PosixException("clone", "", _system.Error);
        }

        if (ProcessCalls.Read(_told.Read, told) != told.Length || BitConverter.ToInt32(told) is var error && error != 0)
        {
            throw new PosixException("mount", "proc", BitConverter.ToInt32(told));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Fork()
    {
        _process = (int)_system.Clone(NamespaceSpawn.CLONE_NEWPID | ProcessCalls.SIGCHLD);
        if (_process == 0)
        {
            Become();
        }
    }

    // A mount namespace of its own: the first process keeps the machine's root, from which its runtime may still load something.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Become()
    {
        var proc = _texts.Pointers[0];
        var error = _system.Mount(proc, _texts.Pointers[1], proc, MountCalls.MS_NOSUID | MountCalls.MS_NODEV | MountCalls.MS_NOEXEC)
            ? 0
            : _system.Error;
        _system.Write(_tells, &error, sizeof(int));
        byte goes;
        if (_system.Read(_waits, &goes, 1) != 1 | !_system.Unshare(NamespaceSpawn.CLONE_NEWNS))
        {
            _system.Exit(125);
        }

        _entry.Enter();
        _system.Exit(125);
    }
}
