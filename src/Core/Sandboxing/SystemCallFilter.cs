using System.Runtime.InteropServices;

namespace ContainerStages.Sandboxing;

/// <summary>
/// A seccomp filter that refuses what Docker's default profile refuses and capabilities do not: new namespaces (they would give back every
/// capability), keyrings (not in a namespace), bpf, perf, io_uring, userfaultfd, and, twice locked, mounting and kernel modules.
/// </summary>
/// <remarks>Source: seccomp(2); moby profiles/seccomp/default.json. Numbers: the kernel's syscall tables.</remarks>
internal sealed unsafe class SystemCallFilter : IDisposable
{
    private const uint ArchX64 = 0xC000003E;
    private const uint ArchX86 = 0x40000003;
    private const uint ArchArm64 = 0xC00000B7;
    private const uint Allow = 0x7FFF0000;
    private const uint Refuse = 0x00050000 | 1;
    private const uint Unknown = 0x00050000 | 38;
    private const uint NamespaceFlags = 0x7E020000;

    // open_tree to fspick, mount_setattr, quotactl_fd, io_uring: the same numbers on every processor.
    private static readonly uint[] Common = [425, 426, 427, 428, 429, 430, 431, 432, 433, 442, 443];

    // mount, umount2, pivot_root, unshare, setns; keyctl, add_key, request_key; bpf, perf_event_open, userfaultfd; kexec_load,
    // kexec_file_load, init_module, finit_module, delete_module; open_by_handle_at, quotactl, swapon, swapoff, reboot, settimeofday,
    // clock_settime, acct, syslog, kcmp, lookup_dcookie, vhangup, iopl, ioperm, uselib, _sysctl, nfsservctl.
    private static readonly uint[] X64 =
    [
        165, 166, 155, 272, 308, 250, 248, 249, 321, 298, 323, 246, 320, 175, 313, 176, 304, 179, 167, 168, 169, 164, 227, 163, 103, 312, 212, 153,
        172, 173, 134, 156, 180,
    ];

    // The same, and umount, stime, vm86 and vm86old.
    private static readonly uint[] X86 =
    [
        21, 52, 217, 310, 346, 288, 286, 287, 357, 336, 374, 283, 128, 350, 129, 342, 131, 87, 115, 88, 79, 264, 404, 51, 103, 349, 253, 111,
        110, 101, 86, 149, 169, 22, 25, 113, 166,
    ];

    private static readonly uint[] Arm64 =
        [40, 39, 41, 97, 268, 219, 217, 218, 280, 241, 282, 104, 294, 105, 273, 106, 265, 60, 224, 225, 142, 170, 112, 89, 116, 272, 18, 58, 42];

    private readonly Instruction* _instructions;
    private readonly ProgramHeader* _header;

    public SystemCallFilter()
    {
        var instructions = Assemble(RuntimeInformation.ProcessArchitecture);
        _instructions = (Instruction*)NativeMemory.Alloc((nuint)instructions.Count, (nuint)sizeof(Instruction));
        CollectionsMarshal.AsSpan(instructions).CopyTo(new Span<Instruction>(_instructions, instructions.Count));
        _header = (ProgramHeader*)NativeMemory.AllocZeroed((nuint)sizeof(ProgramHeader));
        _header->Length = (ushort)instructions.Count;
        _header->Instructions = _instructions;
    }

    /// <summary>Address of a struct sock_fprog.</summary>
    public nint Program => (nint)_header;

    public void Dispose()
    {
        NativeMemory.Free(_instructions);
        NativeMemory.Free(_header);
    }

    private static List<Instruction> Assemble(Architecture architecture)
    {
        var code = new List<Instruction>();
        if (architecture == Architecture.Arm64)
        {
            Table(code, ArchArm64, Arm64, clone: 220, ioctl: 29);
        }
        else
        {
            Table(code, ArchX64, X64, clone: 56, ioctl: 16, limit: 0x40000000);
            Table(code, ArchX86, X86, clone: 120, ioctl: 54);
        }

        // Any other way into the kernel (32-bit arm) has numbers that are not listed here.
        code.Add(Return(Unknown));
        return code;
    }

    private static void Table(List<Instruction> code, uint architecture, uint[] refused, uint clone, uint ioctl, uint limit = uint.MaxValue)
    {
        var table = new List<Instruction> { LoadNumber };
        table.AddRange([JumpIfLess(limit, 1), Return(Unknown)]);
        foreach (var number in (uint[])[.. Common, .. refused])
        {
            table.AddRange([JumpUnless(number, 1), Return(Refuse)]);
        }

        // clone3 takes its flags by address, which a filter cannot read: 'unknown' makes C libraries fall back to clone.
        table.AddRange([JumpUnless(435, 1), Return(Unknown)]);
        table.AddRange([JumpUnless(clone, 4), LoadArgument(0), JumpUnlessAny(NamespaceFlags, 1), Return(Refuse), Return(Allow)]);

        // TIOCSTI and TIOCLINUX type into the terminal of whoever started an interactive command.
        table.AddRange([JumpUnless(ioctl, 5), LoadArgument(1), JumpUnless(0x5412, 1), Return(Refuse), JumpUnless(0x541C, 1), Return(Refuse)]);
        table.Add(Return(Allow));

        // Conditional jumps reach 255 instructions, this one any number.
        code.AddRange([LoadArchitecture, new Instruction(0x15, 1, 0, architecture), new Instruction(0x05, 0, 0, (uint)table.Count)]);
        code.AddRange(table);
    }

    private static Instruction LoadNumber => new(0x20, 0, 0, 0);

    private static Instruction LoadArchitecture => new(0x20, 0, 0, 4);

    private static Instruction LoadArgument(uint index) => new(0x20, 0, 0, 16 + (8 * index));

    private static Instruction JumpIfLess(uint value, byte over) => new(0x35, 0, over, value);

    private static Instruction JumpUnless(uint value, byte over) => new(0x15, 0, over, value);

    private static Instruction JumpUnlessAny(uint bits, byte over) => new(0x45, 0, over, bits);

    private static Instruction Return(uint value) => new(0x06, 0, 0, value);

    /// <summary>struct sock_filter.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Instruction(ushort code, byte jumpTrue, byte jumpFalse, uint value)
    {
        private readonly ushort _code = code;
        private readonly byte _jumpTrue = jumpTrue;
        private readonly byte _jumpFalse = jumpFalse;
        private readonly uint _value = value;
    }

    /// <summary>struct sock_fprog.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct ProgramHeader
    {
        public ushort Length;
        public Instruction* Instructions;
    }
}
