using System.Globalization;

namespace ContainerStages.Posix;

/// <summary>What the kernel lets this process do. Source: capabilities(7).</summary>
internal static class ProcessCapabilities
{
    private const string Effective = "CapEff:";

    // CAP_CHOWN and CAP_FOWNER.
    private const ulong Owners = (1 << 0) | (1 << 3);

    // CAP_SYS_ADMIN.
    private const ulong Mounts = 1 << 21;

    /// <summary>True where it may mount, and make namespaces.</summary>
    public static bool MayMount() =>
        Holds(File.Exists("/proc/self/status") ? File.ReadLines("/proc/self/status") : [], FileCalls.EffectiveUserId(), Mounts);

    /// <summary>True where it may give files to others, and change the modes of those that it gave away.</summary>
    public static bool MayChangeOwners() =>
        MayChangeOwners(File.Exists("/proc/self/status") ? File.ReadLines("/proc/self/status") : [], FileCalls.EffectiveUserId());

    /// <param name="status">Lines of the process's status; without any, root may.</param>
    internal static bool MayChangeOwners(IEnumerable<string> status, uint userId) => Holds(status, userId, Owners);

    /// <summary>Every capability that it has, a bit each.</summary>
    public static ulong Held() =>
        File.ReadLines("/proc/self/status").Select(Read).FirstOrDefault(held => held is not null) ?? 0;

    private static bool Holds(IEnumerable<string> status, uint userId, ulong wanted) =>
        status.Select(Read).FirstOrDefault(held => held is not null) is { } held ? (held & wanted) == wanted : userId == 0;

    /// <summary>Null for a line of something else.</summary>
    private static ulong? Read(string line) =>
        line.StartsWith(Effective, StringComparison.Ordinal)
        && ulong.TryParse(line.AsSpan(Effective.Length).Trim(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var held)
            ? held
            : null;
}
