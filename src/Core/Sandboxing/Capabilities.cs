using System.Collections.Immutable;

namespace ContainerStages.Sandboxing;

/// <summary>What root may do inside. Source: capabilities(7), Docker's default set.</summary>
internal static class Capabilities
{
    /// <summary>The highest number that any kernel could know; numbers above its own are refused harmlessly.</summary>
    public const int Last = 63;

    /// <summary>
    /// chown, dac_override, fowner, fsetid, kill, setgid, setuid, setpcap, net_bind_service, sys_chroot, mknod, audit_write, setfcap.
    /// </summary>
    private const ulong Common = 0xa80405fb;
    private const ulong NetRaw = 1 << 13;

    // Each at the place of its number.
    private static readonly ImmutableArray<string> All =
    [
        "CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID", "SETPCAP", "LINUX_IMMUTABLE",
        "NET_BIND_SERVICE", "NET_BROADCAST", "NET_ADMIN", "NET_RAW", "IPC_LOCK", "IPC_OWNER", "SYS_MODULE", "SYS_RAWIO", "SYS_CHROOT",
        "SYS_PTRACE", "SYS_PACCT", "SYS_ADMIN", "SYS_BOOT", "SYS_NICE", "SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "MKNOD", "LEASE",
        "AUDIT_WRITE", "AUDIT_CONTROL", "SETFCAP", "MAC_OVERRIDE", "MAC_ADMIN", "SYSLOG", "WAKE_ALARM", "BLOCK_SUSPEND", "AUDIT_READ",
        "PERFMON", "BPF", "CHECKPOINT_RESTORE",
    ];

    /// <param name="hostNetwork">The command is on the network of the machine, where raw sockets see and forge what others send.</param>
    public static ulong Of(bool hostNetwork) => hostNetwork ? Common : Common | NetRaw;

    /// <summary>As runtime-spec names them.</summary>
    public static ImmutableArray<string> Names(ulong set) =>
        [.. All.Where((_, number) => (set >> number & 1) != 0).Select(name => "CAP_" + name)];
}
