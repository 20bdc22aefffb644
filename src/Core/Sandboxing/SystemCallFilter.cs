using System.Collections.Immutable;
using System.Runtime.InteropServices;
using static ContainerStages.Sandboxing.FilterInstruction;

namespace ContainerStages.Sandboxing;

/// <summary>
/// A seccomp filter that refuses what Docker's default profile refuses: new namespaces (they would give back every capability), keyrings
/// (not in a namespace), bpf, perf, io_uring, userfaultfd, and, twice locked, mounting and kernel modules. What differs stands in
/// docs/security.md.
/// </summary>
/// <remarks>Source: seccomp(2); moby and containers/common, seccomp default profile.</remarks>
internal sealed unsafe class SystemCallFilter : IDisposable
{
    public const uint Allow = 0x7FFF0000;
    public const uint Refuse = 0x00050000 | 1;
    public const uint Unknown = 0x00050000 | 38;
    public const uint NamespaceFlags = 0x7E020000;

    // PER_LINUX, PER_LINUX32, UNAME26, both, and the question which one it is.
    public static readonly ImmutableArray<uint> Personalities = [0, 8, 0x20000, 0x20008, uint.MaxValue];

    // Unix and netlink; IPv4 and IPv6; and packet, where the network is the command's own.
    public static readonly ImmutableArray<uint> HarmlessFamilies = [1, 16];
    public static readonly ImmutableArray<uint> InternetFamilies = [2, 10];
    public static readonly ImmutableArray<uint> OwnFamilies = [1, 2, 10, 16, 17];

    // SOCK_RAW, and SOCK_PACKET, the old name of the family.
    public static readonly ImmutableArray<uint> RawTypes = [3, 10];

    private readonly FilterInstruction* instructions;
    private readonly ProgramHeader* header;

    /// <param name="hostNetwork">The command is on the network of the machine: no sockets that see or forge what others send.</param>
    public SystemCallFilter(bool hostNetwork)
    {
        var assembled = Assemble(RuntimeInformation.ProcessArchitecture, hostNetwork);
        instructions = (FilterInstruction*)NativeMemory.Alloc((nuint)assembled.Count, (nuint)sizeof(FilterInstruction));
        CollectionsMarshal.AsSpan(assembled).CopyTo(new Span<FilterInstruction>(instructions, assembled.Count));
        header = (ProgramHeader*)NativeMemory.AllocZeroed((nuint)sizeof(ProgramHeader));
        header->Length = (ushort)assembled.Count;
        header->Instructions = instructions;
    }

    /// <summary>Address of a struct sock_fprog.</summary>
    public nint Program => (nint)header;

    public void Dispose()
    {
        NativeMemory.Free(instructions);
        NativeMemory.Free(header);
    }

    internal static List<FilterInstruction> Assemble(Architecture architecture, bool hostNetwork)
    {
        var code = new List<FilterInstruction>();
        foreach (var table in architecture == Architecture.Arm64
            ? [SystemCallTable.Arm64]
            : (SystemCallTable[])[SystemCallTable.X64, SystemCallTable.X86])
        {
            // Conditional jumps reach 255 instructions, this one any number.
            var calls = Calls(table, hostNetwork);
            code.AddRange([LoadArchitecture, JumpIf(table.Architecture, 1), Jump(calls.Count), .. calls]);
        }

        // Any other way into the kernel (32-bit arm) has numbers that are not listed here.
        code.Add(Return(Unknown));
        return code;
    }

    private static List<FilterInstruction> Calls(SystemCallTable table, bool hostNetwork)
    {
        // Numbers of x32, and calls that a newer kernel may have: programs take them for missing.
        var code = new List<FilterInstruction> { LoadNumber, JumpIfLess(SystemCallTable.FirstUnknown, 1), Return(Unknown) };
        foreach (var number in table.Refused)
        {
            Case(code, number, [Return(Refuse)]);
        }

        // clone3 takes its flags by address, which a filter cannot read: 'unknown' makes C libraries fall back to clone.
        Case(code, SystemCallTable.Clone3, [Return(Unknown)]);
        Case(code, table.Clone, [LoadArgument(0), JumpUnlessAny(NamespaceFlags, 1), Return(Refuse), Return(Allow)]);

        // TIOCSTI and TIOCLINUX type into the terminal of whoever started an interactive command.
        Case(code, table.Ioctl, [LoadArgument(1), .. RefuseEach([0x5412, 0x541C]), Return(Allow)]);
        Case(code, table.Personality, [LoadArgument(0), .. AllowEach(Personalities), Return(Refuse)]);
        Case(code, table.Socket, Sockets(hostNetwork));
        code.Add(Return(Allow));
        return code;
    }

    // Other families (vsock, Bluetooth, CAN, the kernel's cryptography) have no network namespace, or need one of their own to be harmless.
    private static List<FilterInstruction> Sockets(bool hostNetwork)
    {
        var code = new List<FilterInstruction> { LoadArgument(0) };
        if (!hostNetwork)
        {
            return [.. code, .. AllowEach(OwnFamilies), Return(Refuse)];
        }

        // The upper bits of the type are flags.
        return
        [
            .. code, .. AllowEach(HarmlessFamilies), JumpIf(InternetFamilies[0], 2), JumpIf(InternetFamilies[1], 1), Return(Refuse),
            LoadArgument(1), Keep(0xF), .. RefuseEach(RawTypes), Return(Allow),
        ];
    }

    private static void Case(List<FilterInstruction> code, uint number, IReadOnlyCollection<FilterInstruction> then) =>
        code.AddRange([JumpUnless(number, (byte)then.Count), .. then]);

    private static IEnumerable<FilterInstruction> AllowEach(ImmutableArray<uint> values) =>
        values.SelectMany(value => (FilterInstruction[])[JumpUnless(value, 1), Return(Allow)]);

    private static IEnumerable<FilterInstruction> RefuseEach(ImmutableArray<uint> values) =>
        values.SelectMany(value => (FilterInstruction[])[JumpUnless(value, 1), Return(Refuse)]);

    /// <summary>struct sock_fprog.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct ProgramHeader
    {
        public ushort Length;
        public FilterInstruction* Instructions;
    }
}
