using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace ContainerStages.Posix;

/// <summary>System calls on mounts, names of the machine and network interfaces.</summary>
internal static unsafe partial class MountCalls
{
    public const ulong MS_RDONLY = 1;
    public const ulong MS_NOSUID = 2;
    public const ulong MS_NODEV = 4;
    public const ulong MS_NOEXEC = 8;
    public const ulong MS_BIND = 4096;
    public const ulong MS_REC = 16384;
    public const ulong MS_PRIVATE = 1 << 18;
    public const ulong MS_STRICTATIME = 1 << 24;

    public const int MNT_DETACH = 2;

    public const ulong MOUNT_ATTR_RDONLY = 1;
    public const ulong MOUNT_ATTR_NOSUID = 2;
    public const ulong MOUNT_ATTR_NODEV = 4;
    public const ulong MOUNT_ATTR_NOEXEC = 8;

    /// <exception cref="PosixException">mount(2) failed.</exception>
    public static void Mount(string source, string target, string? type, ulong flags, string? options = null)
    {
        if (mount(source, target, type, flags, options) < 0)
        {
            throw Errno.Exception("mount", target);
        }
    }

    /// <summary>Mounts on exactly what the descriptor stands for: no link that an image holds can lead elsewhere.</summary>
    public static bool TryMount(string source, SafeFileHandle target, string? type, ulong flags, string? options = null) =>
        mount(source, $"/proc/self/fd/{target.DangerousGetHandle()}", type, flags, options) == 0;

    /// <summary>mount_setattr(2): adds flags and keeps the others, which a remount in a user namespace must repeat exactly.</summary>
    public static bool TryAddFlags(SafeFileHandle mounted, ulong attributes, bool recursive)
    {
        const int AT_RECURSIVE = 0x8000;
        var values = stackalloc ulong[4];
        values[0] = attributes;
        return MountSetAttr(442, mounted, "", FileCalls.AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0), values, 4 * sizeof(ulong)) == 0;
    }

    /// <exception cref="PosixException">sethostname(2) failed.</exception>
    public static void SetHostName(string name)
    {
        if (sethostname(name, (nuint)Encoding.UTF8.GetByteCount(name)) < 0)
        {
            throw Errno.Exception("sethostname", name);
        }
    }

    /// <summary>Switches the loopback interface of a new network namespace on. Source: netdevice(7).</summary>
    /// <exception cref="PosixException">The interface cannot be switched on.</exception>
    public static void LoopbackUp()
    {
        const int AF_INET = 2;
        const int SOCK_DGRAM_CLOEXEC = 2 | FileCalls.O_CLOEXEC;
        const ulong SIOCGIFFLAGS = 0x8913;
        const ulong SIOCSIFFLAGS = 0x8914;
        const short IFF_UP = 1;
        using var socket = new SafeFileHandle(MountCalls.socket(AF_INET, SOCK_DGRAM_CLOEXEC, 0), ownsHandle: true);
        var request = stackalloc byte[40];
        new Span<byte>(request, 40).Clear();
        "lo"u8.CopyTo(new Span<byte>(request, 16));
        if (ioctl(socket, SIOCGIFFLAGS, request) < 0)
        {
            throw Errno.Exception("ioctl", "lo");
        }

        *(short*)(request + 16) |= IFF_UP;
        if (ioctl(socket, SIOCSIFFLAGS, request) < 0)
        {
            throw Errno.Exception("ioctl", "lo");
        }
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int mount(string source, string target, string? type, ulong flags, string? options);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int sethostname(string name, nuint length);

    [LibraryImport("libc", EntryPoint = "syscall", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial long MountSetAttr(long number, SafeFileHandle directory, string path, int flags, ulong* attributes, nuint size);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int socket(int family, int type, int protocol);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int ioctl(SafeFileHandle file, ulong request, byte* argument);
}
