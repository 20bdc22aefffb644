using System.Runtime.CompilerServices;
using ContainerStages.Posix;
using Microsoft.Win32.SafeHandles;

namespace ContainerStages.Sandboxing;

/// <summary>
/// The process that becomes the command, as the first of a pid namespace inside that of the sandbox's first process, which waits for it. A
/// command that changes its user, or starts with a set-user-id program, loses the wish to die with its parent; the first process never
/// does, and whatever is inside its namespace dies with it.
/// </summary>
/// <remarks>The new process has no other thread of the runtime: it makes system calls only, by code that was compiled before.</remarks>
internal sealed unsafe class CommandProcess : IDisposable
{
    private readonly (SafeFileHandle Read, SafeFileHandle Write) told = ProcessCalls.CreatePipe();
    private readonly (SafeFileHandle Read, SafeFileHandle Write) goes = ProcessCalls.CreatePipe();
    private readonly DirectSystem system;
    private readonly CommandEntry entry;
    private readonly NativeArguments texts;
    private readonly int tells;
    private readonly int waits;
    private int process;

    private CommandProcess(DirectSystem system, SandboxSpecification specification, string proc)
    {
        this.system = system;
        entry = new CommandEntry(system, specification);
        texts = new NativeArguments(["proc", proc]);
        tells = (int)told.Write.DangerousGetHandle();
        waits = (int)goes.Read.DangerousGetHandle();
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
            practice.entry.Rehearse();
        }

        var command = new CommandProcess(DirectSystem.Create(), specification, place);
        try
        {
            command.Fork();
            command.AwaitMount();
            return command;
        }
        catch
        {
            command.Dispose();
            throw;
        }
    }

    /// <summary>Lets it become the command, and waits for its end.</summary>
    /// <returns>Exit code, or 128 + signal number.</returns>
    public int Run()
    {
        // What is typed at the terminal of an interactive command is for the command.
        system.IgnoreSignals();
        ProcessCalls.Write(goes.Write, [1]);
        return ProcessCalls.Wait(process);
    }

    public void Dispose()
    {
        told.Read.Dispose();
        told.Write.Dispose();
        goes.Read.Dispose();
        goes.Write.Dispose();
        entry.Dispose();
        texts.Dispose();
    }

    private void AwaitMount()
    {
        Span<byte> answer = stackalloc byte[sizeof(int)];
        if (process < 0)
        {
            throw new PosixException("clone", "", system.Error);
        }

        if (ProcessCalls.Read(told.Read, answer) != answer.Length || BitConverter.ToInt32(answer) is var error && error != 0)
        {
            throw new PosixException("mount", "proc", BitConverter.ToInt32(answer));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Fork()
    {
        process = (int)system.Clone(NamespaceSpawn.CLONE_NEWPID | ProcessCalls.SIGCHLD);
        if (process == 0)
        {
            Become();
        }
    }

    // A mount namespace of its own: the first process keeps the machine's root, from which its runtime may still load something.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Become()
    {
        var proc = texts.Pointers[0];
        var error = system.Mount(proc, texts.Pointers[1], proc, MountCalls.MS_NOSUID | MountCalls.MS_NODEV | MountCalls.MS_NOEXEC)
            ? 0
            : system.Error;
        system.Write(tells, &error, sizeof(int));
        byte go;
        if (system.Read(waits, &go, 1) != 1 | !system.Unshare(NamespaceSpawn.CLONE_NEWNS))
        {
            system.Exit(125);
        }

        entry.Enter();
        system.Exit(125);
    }
}
