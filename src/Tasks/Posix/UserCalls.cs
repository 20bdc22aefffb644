using System.Runtime.InteropServices;

namespace ContainerStages.Tasks.Posix;

/// <summary>The two system calls that .NET has no method for.</summary>
public static partial class UserCalls
{
    private const int SignalTerminate = 15;
    private const int ExecuteAccess = 1;

    /// <summary>Asks a process to end in its own way (SIGTERM). A process that has ended already is no error.</summary>
    public static void Terminate(int processId) => _ = Kill(processId, SignalTerminate);

    /// <summary>Whether this user can start the file here: permission bits, and a mount without noexec.</summary>
    public static bool CanExecute(string file) => Access(file, ExecuteAccess) == 0;

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int processId, int signal);

    [LibraryImport("libc", EntryPoint = "access", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Access(string path, int mode);
}
