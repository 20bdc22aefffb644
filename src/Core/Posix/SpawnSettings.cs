using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ContainerStages.Posix;

/// <summary>
/// File actions and attributes of posix_spawn(3): descriptors put in place, every signal back to its default and none blocked.
/// </summary>
internal sealed unsafe partial class SpawnSettings : IDisposable
{
    // Both types are opaque; glibc and musl use at most 336 bytes.
    private const nuint OpaqueSize = 512;
    private const short POSIX_SPAWN_SETSIGDEF = 0x04;
    private const short POSIX_SPAWN_SETSIGMASK = 0x08;
    private const short POSIX_SPAWN_SETSID = 0x80;

    public SpawnSettings(IReadOnlyList<(SafeFileHandle Descriptor, int Number)> descriptors, bool inheritInput)
    {
        Actions = NativeMemory.AllocZeroed(OpaqueSize);
        Attributes = NativeMemory.AllocZeroed(OpaqueSize);
        Check(posix_spawn_file_actions_init(Actions));
        Check(posix_spawnattr_init(Attributes));
        if (!inheritInput)
        {
            Check(posix_spawn_file_actions_addopen(Actions, 0, "/dev/null", FileCalls.O_RDONLY, 0));
        }

        foreach (var (descriptor, number) in descriptors)
        {
            Check(posix_spawn_file_actions_adddup2(Actions, (int)descriptor.DangerousGetHandle(), number));
        }

        var signals = stackalloc byte[128];
        Check(sigemptyset(signals));
        Check(posix_spawnattr_setsigmask(Attributes, signals));
        Check(sigfillset(signals));
        Check(posix_spawnattr_setsigdefault(Attributes, signals));
        var session = inheritInput ? 0 : POSIX_SPAWN_SETSID;
        Check(posix_spawnattr_setflags(Attributes, (short)(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | session)));
    }

    public void* Actions { get; private set; }

    public void* Attributes { get; private set; }

    public void Dispose()
    {
        if (Actions == null)
        {
            return;
        }

        _ = posix_spawn_file_actions_destroy(Actions);
        _ = posix_spawnattr_destroy(Attributes);
        NativeMemory.Free(Actions);
        NativeMemory.Free(Attributes);
        Actions = null;
        Attributes = null;
    }

    private static void Check(int error)
    {
        if (error != 0)
        {
            throw new PosixException("posix_spawn", "settings", error);
        }
    }

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_init(void* actions);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_destroy(void* actions);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int posix_spawn_file_actions_addopen(void* actions, int number, string path, int flags, uint mode);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_adddup2(void* actions, int from, int to);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_init(void* attributes);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_destroy(void* attributes);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_setflags(void* attributes, short flags);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_setsigmask(void* attributes, byte* signals);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_setsigdefault(void* attributes, byte* signals);

    [LibraryImport("libc")]
    private static partial int sigemptyset(byte* signals);

    [LibraryImport("libc")]
    private static partial int sigfillset(byte* signals);
}
