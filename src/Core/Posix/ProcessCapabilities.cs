using System.Runtime.InteropServices;

namespace ContainerStages.Posix;

/// <summary>What the kernel lets this process do. Source: capabilities(7), capget(2).</summary>
internal static partial class ProcessCapabilities
{
    // CAP_CHOWN and CAP_FOWNER.
    private const ulong Owners = (1 << 0) | (1 << 3);

    // CAP_SYS_ADMIN.
    private const ulong Mounts = 1 << 21;

    /// <summary>True where it may mount, and make namespaces.</summary>
    public static bool MayMount() => (Held() & Mounts) == Mounts;

    /// <summary>True where it may give files to others, and change the modes of those that it gave away.</summary>
    public static bool MayChangeOwners() => MayChangeOwners(Held());

    /// <param name="held">Capabilities, a bit each.</param>
    internal static bool MayChangeOwners(ulong held) => (held & Owners) == Owners;

    /// <summary>Every capability that it has, a bit each. Where the kernel does not tell, root has all.</summary>
    public static ulong Held()
    {
        // Version 3: two words for each set.
        var header = new Header { Version = 0x20080522 };
        Span<Words> words = stackalloc Words[2];
        return capget(ref header, words) == 0 ? ((ulong)words[1].Effective << 32) | words[0].Effective
            : FileCalls.EffectiveUserId() == 0 ? ulong.MaxValue
            : 0;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int capget(ref Header header, Span<Words> words);

    [StructLayout(LayoutKind.Sequential)]
    private struct Header
    {
        public uint Version;
        public int Process;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Words
    {
        public uint Effective;
        public uint Permitted;
        public uint Inheritable;
    }
}
