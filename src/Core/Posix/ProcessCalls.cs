using System.Collections;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ContainerStages.Posix;

/// <summary>System calls on pipes, processes and signals that .NET does not offer.</summary>
internal static unsafe partial class ProcessCalls
{
    public const int SIGKILL = 9;
    public const int SIGPIPE = 13;
    public const int SIGCHLD = 17;
    public const short POLLIN = 1;
    public const short POLLERR = 8;

    /// <summary>
    /// Both ends close on exec and have numbers from 10 up, so that putting them at 0 to 9 in a new process overwrites none of them.
    /// </summary>
    public static (SafeFileHandle Read, SafeFileHandle Write) CreatePipe()
    {
        var ends = stackalloc int[2];
        if (pipe2(ends, FileCalls.O_CLOEXEC) < 0)
        {
            throw Errno.Exception("pipe2", "pipe");
        }

        var (read, write) = (ends[0], ends[1]);
        return (MoveUp(read), MoveUp(write));
    }

    /// <summary>Bytes read, 0 at the end.</summary>
    public static int Read(SafeFileHandle file, Span<byte> buffer)
    {
        nint count;
        do
        {
            fixed (byte* start = buffer)
            {
                count = read(file, start, (nuint)buffer.Length);
            }
        }
        while (count < 0 && Marshal.GetLastPInvokeError() == Errno.EINTR);
        return count < 0 ? throw Errno.Exception("read", "pipe") : (int)count;
    }

    public static void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            if (write(file, start, (nuint)bytes.Length) != bytes.Length)
            {
                throw Errno.Exception("write", "pipe");
            }
        }
    }

    /// <summary>Starts a program with the streams and the environment of this process.</summary>
    /// <param name="program">Absolute path and arguments.</param>
    /// <exception cref="PosixException">It cannot be started.</exception>
    public static int Spawn(IReadOnlyList<string> program)
    {
        using var arguments = new NativeArguments(program);
        var variables = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>();
        using var environment = new NativeArguments(variables.Select(variable => $"{variable.Key}={variable.Value}"));
        using var settings = new SpawnSettings([], inheritInput: true);
        int process;
        var texts = arguments.Pointers;
        var error = posix_spawn(&process, *texts, settings.Actions, settings.Attributes, texts, environment.Pointers);
        return error == 0 ? process : throw new PosixException("posix_spawn", program[0], error);
    }

    /// <summary>Waits for the end of a child.</summary>
    /// <returns>Exit code, or 128 + signal number. Source: waitpid(2).</returns>
    public static int Wait(int process)
    {
        var (ended, code) = WaitOnce(process);
        return ended < 0 ? throw Errno.Exception("waitpid", "command") : code;
    }

    /// <summary>
    /// Waits for the end of a process below this one, which is the first of its pid namespace: it becomes a child when those between have
    /// ended.
    /// </summary>
    /// <returns>Exit code, or 128 + signal number.</returns>
    public static int WaitForOrphan(int process)
    {
        while (true)
        {
            var (ended, code) = WaitOnce(-1);
            if (ended < 0)
            {
                throw Errno.Exception("waitpid", "command");
            }

            if (ended == process)
            {
                return code;
            }
        }
    }

    private static (int Process, int ExitCode) WaitOnce(int process)
    {
        int status, result;
        do
        {
            result = waitpid(process, &status, 0);
        }
        while (result < 0 && Marshal.GetLastPInvokeError() == Errno.EINTR);
        return (result, new SpawnReport { WaitStatus = status }.ExitCode);
    }

    /// <summary>
    /// Waits until one of the descriptors has something to tell (or <paramref name="milliseconds"/> are over; -1 is for ever).
    /// </summary>
    /// <returns>How many have.</returns>
    public static int Poll(Span<PollEntry> entries, int milliseconds)
    {
        int count;
        do
        {
            fixed (PollEntry* first = entries)
            {
                count = poll(first, (nuint)entries.Length, milliseconds);
            }
        }
        while (count < 0 && Marshal.GetLastPInvokeError() == Errno.EINTR);
        return count < 0 ? throw Errno.Exception("poll", "pipes") : count;
    }

    /// <summary>Sends a signal to exactly the process that the descriptor stands for; one that has ended already is no error.</summary>
    public static void Signal(SafeFileHandle process, int signal) =>
        PidfdSendSignal(424, process, signal, 0, 0);

    private static SafeFileHandle MoveUp(int descriptor)
    {
        const int F_DUPFD_CLOEXEC = 1030;
        using var file = new SafeFileHandle(descriptor, ownsHandle: true);
        var moved = fcntl(file, F_DUPFD_CLOEXEC, 10);
        return moved < 0 ? throw Errno.Exception("fcntl", "pipe") : new SafeFileHandle(moved, ownsHandle: true);
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int pipe2(int* ends, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fcntl(SafeFileHandle file, int command, int argument);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint read(SafeFileHandle file, byte* buffer, nuint size);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint write(SafeFileHandle file, byte* buffer, nuint size);

    [LibraryImport("libc")]
    private static partial int posix_spawn(int* process, byte* path, void* actions, void* attributes, byte** arguments, byte** environment);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int waitpid(int process, int* status, int options);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int poll(PollEntry* entries, nuint count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long PidfdSendSignal(long number, SafeFileHandle process, int signal, nint information, uint flags);
}

/// <summary>struct pollfd. Source: poll(2).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PollEntry
{
    /// <summary>Negative: not watched.</summary>
    public int Descriptor;
    public short Events;
    public short Returned;
}
