namespace ContainerStages.Sandboxing;

/// <summary>What root may do inside. Source: capabilities(7), Docker's default set.</summary>
internal static class Capabilities
{
    /// <summary>The highest number that any kernel could know; numbers above its own are refused harmlessly.</summary>
    public const int Last = 63;

    /// <summary>
    /// chown, dac_override, fowner, fsetid, kill, setgid, setuid, setpcap, net_bind_service, net_raw, sys_chroot, mknod, audit_write, setfcap.
    /// </summary>
    public const ulong Default = 0xa80425fb;
}
