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

    /// <param name="hostNetwork">The command is on the network of the machine, where raw sockets see and forge what others send.</param>
    public static ulong Of(bool hostNetwork) => hostNetwork ? Common : Common | NetRaw;
}
