using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

// DllImport with plain values only: the runtime's own stubs are never recompiled at a later tier, which generated code could be (see Run).
#pragma warning disable SYSLIB1054

namespace ContainerStages.Posix;

/// <summary>
/// Starts a program as the first process of new namespaces, on a thread of its own that lives until the program has ended, so that the
/// program can ask to be killed when this thread (and so this process) dies: PR_SET_PDEATHSIG is about the thread that started it.
/// </summary>
/// <remarks>
/// unshare(CLONE_NEWPID) changes where the children of the calling thread go, and from then on it cannot create threads. So this thread
/// does nothing but wait after it, and reports through a pipe; .NET's means of telling another thread may start a worker thread.
/// </remarks>
internal sealed unsafe class NamespaceSpawn : IDisposable
{
    public const int CLONE_NEWNS = 0x00020000;
    public const int CLONE_NEWCGROUP = 0x02000000;
    public const int CLONE_NEWUTS = 0x04000000;
    public const int CLONE_NEWIPC = 0x08000000;
    public const int CLONE_NEWPID = 0x20000000;
    public const int CLONE_NEWNET = 0x40000000;

    private readonly NativeArguments program;
    private readonly NativeArguments environment;
    private readonly SpawnSettings settings;
    private readonly int namespaces;
    private readonly SafeFileHandle reportWrite;

    /// <param name="program">Absolute path and arguments.</param>
    /// <param name="environment">NAME=value.</param>
    /// <param name="descriptors">Which descriptor of this process the program gets under which number.</param>
    /// <param name="namespaces">CLONE_NEW… flags.</param>
    /// <param name="inheritInput">
    /// False: standard input is /dev/null and the program gets a session of its own, away from the terminal.
    /// </param>
    public NamespaceSpawn(
        IReadOnlyList<string> program,
        IEnumerable<string> environment,
        IReadOnlyList<(SafeFileHandle Descriptor, int Number)> descriptors,
        int namespaces,
        bool inheritInput)
    {
        this.program = new NativeArguments(program);
        this.environment = new NativeArguments(environment);
        settings = new SpawnSettings(descriptors, inheritInput);
        this.namespaces = namespaces;
        (ReportRead, reportWrite) = ProcessCalls.CreatePipe();
    }

    /// <summary>
    /// First a <see cref="SpawnReport"/> when the program has been started or could not be, then, when it has ended, one with its wait
    /// status.
    /// </summary>
    public SafeFileHandle ReportRead { get; }

    /// <summary>Starts the thread. It holds what it needs; this object may be disposed when the last report has been read.</summary>
    public Thread Start()
    {
        var thread = new Thread(Run, maxStackSize: 256 * 1024) { IsBackground = true, Name = "sandbox parent" };
        thread.Start();
        return thread;
    }

    public void Dispose()
    {
        ReportRead.Dispose();
        reportWrite.Dispose();
        settings.Dispose();
        program.Dispose();
        environment.Dispose();
    }

    // Compiled completely before it runs, allocates nothing and calls nothing managed after unshare, so that neither the compiler nor
    // the collector has a reason to create a thread from this one.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Run()
    {
        var report = (int)reportWrite.DangerousGetHandle();
        SpawnReport message;
        message.Process = 0;
        message.ProcessDescriptor = -1;
        message.WaitStatus = 0;
        message.Error = 0;
        message.UnshareFailed = 0;
        if (unshare(namespaces) < 0)
        {
            message.Error = Marshal.GetLastPInvokeError();
            message.UnshareFailed = 1;
            write(report, &message, (nuint)sizeof(SpawnReport));
            return;
        }

        int process;
        message.Error = posix_spawn(
            &process,
            program.Pointers[0],
            settings.Actions,
            settings.Attributes,
            program.Pointers,
            environment.Pointers);
        if (message.Error != 0)
        {
            write(report, &message, (nuint)sizeof(SpawnReport));
            return;
        }

        message.Process = process;
        message.ProcessDescriptor = (int)syscall(434, process, 0);
        if (message.ProcessDescriptor < 0)
        {
            // What cannot be killed later must not run.
            message.Error = Marshal.GetLastPInvokeError();
            message.Process = 0;
            _ = kill(process, ProcessCalls.SIGKILL);
        }

        write(report, &message, (nuint)sizeof(SpawnReport));
        var status = 0;
        int result;
        do
        {
            result = waitpid(process, &status, 0);
        }
        while (result < 0 && Marshal.GetLastPInvokeError() == Errno.EINTR);
        message.WaitStatus = status;
        message.Error = result < 0 ? Marshal.GetLastPInvokeError() : 0;
        write(report, &message, (nuint)sizeof(SpawnReport));
    }

    [DllImport("libc", SetLastError = true)]
    private static extern int unshare(int flags);

    [DllImport("libc")]
    private static extern int posix_spawn(int* process, byte* path, void* actions, void* attributes, byte** arguments, byte** environment);

    [DllImport("libc")]
    private static extern int kill(int process, int signal);

    [DllImport("libc", SetLastError = true)]
    private static extern int waitpid(int process, int* status, int options);

    [DllImport("libc", SetLastError = true)]
    private static extern long syscall(long number, long first, long second);

    [DllImport("libc", SetLastError = true)]
    private static extern nint write(int file, void* buffer, nuint size);
}

/// <summary>What <see cref="NamespaceSpawn"/> tells: <see cref="Error"/> is an error number or 0.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SpawnReport
{
    public int Process;

    /// <summary>A pidfd of the process, or negative.</summary>
    public int ProcessDescriptor;
    public int WaitStatus;
    public int Error;
    public int UnshareFailed;

    /// <summary>Exit code, or 128 + signal number. Source: waitpid(2).</summary>
    public readonly int ExitCode => (WaitStatus & 0x7f) == 0 ? (WaitStatus >> 8) & 0xff : 128 + (WaitStatus & 0x7f);
}
