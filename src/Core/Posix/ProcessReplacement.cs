using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ContainerStages.Posix;

/// <summary>Becomes another program.</summary>
internal static unsafe partial class ProcessReplacement
{
    /// <summary>execve(2); does not return.</summary>
    /// <param name="program">Absolute path and arguments.</param>
    /// <param name="environment">NAME=value.</param>
    /// <exception cref="PosixException">The program cannot be executed.</exception>
    [DoesNotReturn]
    public static void Execute(IReadOnlyList<string> program, IEnumerable<string> environment)
    {
        using var arguments = new NativeArguments(program);
        using var variables = new NativeArguments(environment);

        // .NET ignores it, and what is ignored stays so through execve.
        _ = signal(ProcessCalls.SIGPIPE, 0);
        execve(arguments.Pointers[0], arguments.Pointers, variables.Pointers);
        throw Errno.Exception("execve", program[0]);
    }

    /// <summary>Makes the bytes what this process, and what it becomes, reads at descriptor 0.</summary>
    /// <exception cref="PosixException">No memory file can be made.</exception>
    public static void SetStandardInput(ReadOnlySpan<byte> bytes)
    {
        var descriptor = memfd_create("stdin", 0);
        if (descriptor < 0)
        {
            throw Errno.Exception("memfd_create", "stdin");
        }

        using var file = new SafeFileHandle(descriptor, ownsHandle: true);
        RandomAccess.Write(file, bytes, 0);
        if (dup2(descriptor, 0) < 0)
        {
            throw Errno.Exception("dup2", "stdin");
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int execve(byte* path, byte** arguments, byte** environment);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint signal(int number, nint handler);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int memfd_create(string name, uint flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int dup2(int from, int to);
}
