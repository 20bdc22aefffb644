using System.Collections.Immutable;
using System.Globalization;
using ContainerStages.Posix;
using Microsoft.Win32.SafeHandles;
using static ContainerStages.Posix.MountCalls;

namespace ContainerStages.Sandboxing;

/// <summary>
/// /dev, /sys, what of /proc is protected, and the files of the machine inside a root that is not entered yet, as Docker mounts them. Every
/// place is opened below the root first and mounted on by descriptor: a link that an image holds cannot lead out.
/// </summary>
/// <remarks>Source: runtime-spec config-linux.md (default filesystems and devices), Docker's default masked and read-only paths.</remarks>
internal sealed class SystemMounts(SafeFileHandle root, SandboxSpecification specification)
{
    public static readonly ImmutableArray<string> MaskedPaths =
    [
        "proc/acpi", "proc/asound", "proc/interrupts", "proc/kcore", "proc/keys", "proc/latency_stats", "proc/sched_debug", "proc/scsi",
        "proc/timer_list", "proc/timer_stats", "sys/devices/virtual/powercap", "sys/firmware",
    ];

    public static readonly ImmutableArray<string> ReadOnlyPaths = ["proc/bus", "proc/fs", "proc/irq", "proc/sys", "proc/sysrq-trigger"];

    private static readonly string[] Devices = ["full", "null", "random", "tty", "urandom", "zero"];

    /// <exception cref="PosixException">A mount that every command needs failed; <paramref name="step"/> is the one.</exception>
    public void MountAll(SandboxFolder folder, ref SandboxStep step)
    {
        step = SandboxStep.Sys;
        MountSys();
        step = SandboxStep.MountPoint;
        if (!specification.Privileged)
        {
            Protect();
        }

        step = SandboxStep.Devices;
        MountDevices();
        step = SandboxStep.HostFiles;
        BindReadOnly(folder.Hosts, "etc/hosts");
        BindReadOnly(folder.ResolvConf, "etc/resolv.conf");
    }

    private void MountSys()
    {
        var readOnly = specification.Privileged ? 0 : MS_RDONLY;
        using (var place = Open("sys"))
        {
            if (TryMount("sysfs", place, "sysfs", MS_NOSUID | MS_NODEV | MS_NOEXEC | readOnly))
            {
                return;
            }

            // An ordinary user may not mount a sysfs of the machine's own network: its existing one then, with all that is mounted in it.
            if (!TryMount("/sys", place, null, MS_BIND | MS_REC))
            {
                throw Errno.Exception("mount", "sys");
            }
        }

        using var mounted = Open("sys");
        if (!TryAddFlags(mounted, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC, recursive: true))
        {
            throw Errno.Exception("mount_setattr", "sys");
        }
    }

    private void Protect()
    {
        foreach (var path in ReadOnlyPaths)
        {
            using var place = RootPlaces.TryOpen(root, path);
            if (place is not null)
            {
                BindReadOnly($"/proc/self/fd/{place.DangerousGetHandle()}", path);
            }
        }

        foreach (var path in MaskedPaths)
        {
            Mask(path);
        }
    }

    private void Mask(string path)
    {
        using var place = RootPlaces.TryOpen(root, path);
        if (place is null)
        {
            return;
        }

        if (!FileCalls.TryStat(place, "", out var status) || !status.IsDirectory)
        {
            BindReadOnly("/dev/null", path);
        }
        else if (!TryMount("tmpfs", place, "tmpfs", MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, "size=0k,nr_inodes=2,mode=755"))
        {
            throw Errno.Exception("mount", path);
        }
    }

    private void MountDevices()
    {
        Mount("tmpfs", "dev", "tmpfs", MS_NOSUID | MS_NODEV | MS_STRICTATIME, "mode=755,size=65536k");
        using var dev = Open("dev");
        foreach (var device in Devices)
        {
            BindDevice(dev, device);
        }

        MakeFolders(dev, "pts", "shm", "mqueue");
        const ulong quiet = MS_NOSUID | MS_NOEXEC;
        MountTerminals(quiet);
        Mount(
            "shm",
            "dev/shm",
            "tmpfs",
            quiet | MS_NODEV,
            $"mode=1777,size={specification.SharedMemory.ToString(CultureInfo.InvariantCulture)}");
        using (var queues = Open("dev/mqueue"))
        {
            // Kernels without POSIX message queues have none to offer; the folder stays empty.
            _ = TryMount("mqueue", queues, "mqueue", quiet | MS_NODEV);
        }

        MakeLink(dev, "fd", "/proc/self/fd");
        MakeLink(dev, "stdin", "/proc/self/fd/0");
        MakeLink(dev, "stdout", "/proc/self/fd/1");
        MakeLink(dev, "stderr", "/proc/self/fd/2");
        MakeLink(dev, "ptmx", "pts/ptmx");
    }

    private void MountTerminals(ulong flags)
    {
        const string options = "newinstance,ptmxmode=0666,mode=0620";
        using var place = Open("dev/pts");

        // Group 5 is tty by convention; a user namespace may have no such id.
        if (!TryMount("devpts", place, "devpts", flags, options + ",gid=5") && !TryMount("devpts", place, "devpts", flags, options))
        {
            throw Errno.Exception("mount", "dev/pts");
        }
    }

    // Device nodes cannot be made in a user namespace, so the machine's own are bound, for root as well. Read-only concerns the nodes' mode
    // and owner, which are the machine's; a device on such a mount can be written all the same.
    private void BindDevice(SafeFileHandle dev, string name)
    {
        using var place = FileCalls.OpenBeneath(dev, name, FileCalls.O_CREAT | FileCalls.O_RDONLY, 0x1B6, 0)
            ?? throw Errno.Exception("open", "dev/" + name);
        BindReadOnly("/dev/" + name, "dev/" + name);
    }

    private void BindReadOnly(string source, string path)
    {
        using (var place = Open(path))
        {
            if (!TryMount(source, place, null, MS_BIND | MS_REC))
            {
                throw Errno.Exception("mount", path);
            }
        }

        using var mounted = Open(path);
        if (!TryAddFlags(mounted, MOUNT_ATTR_RDONLY, recursive: true))
        {
            throw Errno.Exception("mount_setattr", path);
        }
    }

    private void Mount(string source, string path, string type, ulong flags, string? options = null)
    {
        using var place = Open(path);
        if (!TryMount(source, place, type, flags, options))
        {
            throw Errno.Exception("mount", path);
        }
    }

    /// <summary>A place of the root, to mount on.</summary>
    public SafeFileHandle Open(string path) => RootPlaces.Open(root, path);

    private static void MakeFolders(SafeFileHandle dev, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (FileCalls.MkdirAt(dev, name, 0x1ED) < 0)
            {
                throw Errno.Exception("mkdir", "dev/" + name);
            }
        }
    }

    private static void MakeLink(SafeFileHandle dev, string name, string target)
    {
        if (FileCalls.SymlinkAt(target, dev, name) < 0)
        {
            throw Errno.Exception("symlink", "dev/" + name);
        }
    }
}
