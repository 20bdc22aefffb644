using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace ContainerStages.Sandboxing;

/// <summary>
/// <see cref="SystemCallFilter"/> as runtime-spec writes it. A filter of names cannot say 'newer than', so a call that it does not name
/// does not exist. ioctl is whole: what the other filter refuses of it types into a terminal, which a command of a build has not.
/// </summary>
/// <remarks>Source: runtime-spec config-linux.md, seccomp.</remarks>
internal sealed record RuntimeFilter(
    string DefaultAction, uint DefaultErrnoRet, ImmutableArray<string> Architectures, ImmutableArray<RuntimeCallRule> Syscalls)
{
    private const string Allow = "SCMP_ACT_ALLOW";
    private const string Refuse = "SCMP_ACT_ERRNO";
    private const uint Forbidden = 1;
    private const uint Missing = 38;

    // A socket type is in the lower bits, flags are above.
    private const ulong TypeMask = 0xF;
    private const uint Families = 46;

    /// <param name="hostNetwork">See <see cref="SystemCallFilter"/>.</param>
    public static RuntimeFilter Of(bool hostNetwork) => new(
        Refuse,
        Missing,
        RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? ["SCMP_ARCH_AARCH64"] : ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86"],
        [
            new RuntimeCallRule(SystemCallNames.Allowed, Allow),
            new RuntimeCallRule(SystemCallNames.Refused, Refuse) { ErrnoRet = Forbidden },
            .. Forks(),
            .. SystemCallFilter.Personalities.Select(value => Permit("personality", Equal(0, value))),
            .. hostNetwork ? HostSockets() : OwnSockets(),
        ]);

    private static IEnumerable<RuntimeCallRule> Forks()
    {
        yield return Permit("clone", Masked(0, SystemCallFilter.NamespaceFlags, 0));
        for (var flag = 1UL; flag <= SystemCallFilter.NamespaceFlags; flag <<= 1)
        {
            if ((flag & SystemCallFilter.NamespaceFlags) != 0)
            {
                yield return Forbid("clone", Masked(0, flag, flag));
            }
        }
    }

    private static IEnumerable<RuntimeCallRule> OwnSockets() =>
    [
        .. SystemCallFilter.OwnFamilies.Select(family => Permit("socket", Equal(0, family))),
        .. Others(SystemCallFilter.OwnFamilies),
    ];

    private static IEnumerable<RuntimeCallRule> HostSockets() =>
    [
        .. SystemCallFilter.HarmlessFamilies.Select(family => Permit("socket", Equal(0, family))),
        .. SystemCallFilter.InternetFamilies.SelectMany(family => Enumerable.Range(0, (int)TypeMask + 1).Select(type =>
            new RuntimeCallRule(["socket"], SystemCallFilter.RawTypes.Contains((uint)type) ? Refuse : Allow)
            {
                ErrnoRet = SystemCallFilter.RawTypes.Contains((uint)type) ? Forbidden : null,
                Args = [Equal(0, family), Masked(1, TypeMask, (ulong)type)],
            })),
        .. Others([.. SystemCallFilter.HarmlessFamilies, .. SystemCallFilter.InternetFamilies]),
    ];

    private static IEnumerable<RuntimeCallRule> Others(IReadOnlyCollection<uint> families)
    {
        for (var family = 0U; family < Families; family++)
        {
            if (!families.Contains(family))
            {
                yield return Forbid("socket", Equal(0, family));
            }
        }
    }

    private static RuntimeCallRule Permit(string name, RuntimeCallArgument argument) => new([name], Allow) { Args = [argument] };

    private static RuntimeCallRule Forbid(string name, RuntimeCallArgument argument) =>
        new([name], Refuse) { ErrnoRet = Forbidden, Args = [argument] };

    private static RuntimeCallArgument Equal(uint index, ulong value) => new(index, value, null, "SCMP_CMP_EQ");

    private static RuntimeCallArgument Masked(uint index, ulong mask, ulong value) => new(index, mask, value, "SCMP_CMP_MASKED_EQ");
}

internal sealed record RuntimeCallRule(ImmutableArray<string> Names, string Action)
{
    public uint? ErrnoRet { get; init; }

    public IReadOnlyList<RuntimeCallArgument>? Args { get; init; }
}

/// <param name="Value">The mask where there is one.</param>
/// <param name="ValueTwo">What is left under the mask; null without one.</param>
internal sealed record RuntimeCallArgument(uint Index, ulong Value, ulong? ValueTwo, string Op);
