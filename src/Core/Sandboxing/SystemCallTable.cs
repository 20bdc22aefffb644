namespace ContainerStages.Sandboxing;

/// <summary>The numbers of one processor's system calls, as far as the filter looks at them. Source: the kernel's syscall tables.</summary>
internal sealed class SystemCallTable
{
    /// <summary>
    /// The first number that no profile knows yet: 467, open_tree_attr. From 424 on every processor has the same numbers.
    /// </summary>
    public const uint FirstUnknown = 467;

    public const uint Clone3 = 435;

    // open_tree to fspick, mount_setattr, quotactl_fd, io_uring, process_madvise, set_mempolicy_home_node, lsm_get_self_attr to
    // lsm_list_modules.
    private static readonly uint[] Common = [425, 426, 427, 428, 429, 430, 431, 432, 433, 440, 442, 443, 450, 459, 460, 461];

    // mount, umount2, pivot_root, unshare, setns; keyctl, add_key, request_key; bpf, perf_event_open, userfaultfd; kexec_load,
    // kexec_file_load, init_module, finit_module, delete_module; open_by_handle_at, quotactl, swapon, swapoff, reboot, settimeofday,
    // clock_settime, acct, syslog, kcmp, lookup_dcookie, vhangup, iopl, ioperm, uselib, _sysctl, nfsservctl; fanotify_init, migrate_pages,
    // move_pages, sethostname, setdomainname, sysfs, ustat.
    private static readonly uint[] RefusedX64 =
    [
        165, 166, 155, 272, 308, 250, 248, 249, 321, 298, 323, 246, 320, 175, 313, 176, 304, 179, 167, 168, 169, 164, 227, 163, 103, 312,
        212, 153,
        172, 173, 134, 156, 180, 300, 256, 279, 170, 171, 139, 136,
    ];

    // The same, and umount, stime, vm86, vm86old, clock_settime64, bdflush.
    private static readonly uint[] RefusedX86 =
    [
        21, 52, 217, 310, 346, 288, 286, 287, 357, 336, 374, 283, 128, 350, 129, 342, 131, 87, 115, 88, 79, 264, 404, 51, 103, 349, 253,
        111,
        110, 101, 86, 149, 169, 22, 25, 113, 166, 338, 294, 317, 74, 121, 135, 62, 134,
    ];

    private static readonly uint[] RefusedArm64 =
    [
        40, 39, 41, 97, 268, 219, 217, 218, 280, 241, 282, 104, 294, 105, 273, 106, 265, 60, 224, 225, 142, 170, 112, 89, 116, 272, 18, 58,
        42,
        262, 238, 239, 161, 162,
    ];

    public static SystemCallTable X64 { get; } =
        new() { Architecture = 0xC000003E, Refused = [.. Common, .. RefusedX64], Clone = 56, Ioctl = 16, Socket = 41, Personality = 135 };

    public static SystemCallTable X86 { get; } =
        new() { Architecture = 0x40000003, Refused = [.. Common, .. RefusedX86], Clone = 120, Ioctl = 54, Socket = 359, Personality = 136 };

    public static SystemCallTable Arm64 { get; } = new()
    {
        Architecture = 0xC00000B7,
        Refused = [.. Common, .. RefusedArm64],
        Clone = 220,
        Ioctl = 29,
        Socket = 198,
        Personality = 92,
    };

    /// <summary>AUDIT_ARCH_… of the kernel.</summary>
    public required uint Architecture { get; init; }

    public required uint[] Refused { get; init; }

    public required uint Clone { get; init; }

    public required uint Ioctl { get; init; }

    public required uint Socket { get; init; }

    public required uint Personality { get; init; }
}
