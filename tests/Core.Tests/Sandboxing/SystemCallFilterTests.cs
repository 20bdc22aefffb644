using ContainerStages.Sandboxing;
using Processor = System.Runtime.InteropServices.Architecture;

namespace ContainerStages.Core.Tests.Sandboxing;

/// <summary>What the filter answers, for processors that are not this one too.</summary>
[TestClass]
public sealed class SystemCallFilterTests
{
    private const uint X64 = 0xC000003E;
    private const uint X86 = 0x40000003;
    private const uint Arm64 = 0xC00000B7;
    private const uint Arm = 0x40000028;

    [TestMethod]
    [DataRow(X64, 0u, 0u, 0u, SystemCallFilter.Allow, DisplayName = "read")]
    [DataRow(X64, 165u, 0u, 0u, SystemCallFilter.Refuse, DisplayName = "mount")]
    [DataRow(X64, 300u, 0u, 0u, SystemCallFilter.Refuse, DisplayName = "fanotify_init")]
    [DataRow(X64, 425u, 0u, 0u, SystemCallFilter.Refuse, DisplayName = "io_uring_setup")]
    [DataRow(X64, 435u, 0u, 0u, SystemCallFilter.Unknown, DisplayName = "clone3, so that clone is used")]
    [DataRow(X64, 439u, 0u, 0u, SystemCallFilter.Allow, DisplayName = "faccessat2")]
    [DataRow(X64, 466u, 0u, 0u, SystemCallFilter.Allow, DisplayName = "listxattrat, the last one that Docker's profile has")]
    [DataRow(X64, 467u, 0u, 0u, SystemCallFilter.Unknown, DisplayName = "open_tree_attr, after that")]
    [DataRow(X64, 0x40000000u, 0u, 0u, SystemCallFilter.Unknown, DisplayName = "x32")]
    [DataRow(X64, 56u, 0x11u, 0u, SystemCallFilter.Allow, DisplayName = "fork")]
    [DataRow(X64, 56u, 0x10000011u, 0u, SystemCallFilter.Refuse, DisplayName = "a user namespace")]
    [DataRow(X64, 16u, 0u, 0x5412u, SystemCallFilter.Refuse, DisplayName = "TIOCSTI")]
    [DataRow(X64, 16u, 0u, 0x5413u, SystemCallFilter.Allow, DisplayName = "TIOCGWINSZ")]
    [DataRow(X64, 135u, 0xFFFFFFFFu, 0u, SystemCallFilter.Allow, DisplayName = "which personality")]
    [DataRow(X64, 135u, 8u, 0u, SystemCallFilter.Allow, DisplayName = "PER_LINUX32")]
    [DataRow(X64, 135u, 0x0400000u, 0u, SystemCallFilter.Refuse, DisplayName = "READ_IMPLIES_EXEC")]
    [DataRow(X86, 3u, 0u, 0u, SystemCallFilter.Allow, DisplayName = "x86 read")]
    [DataRow(X86, 21u, 0u, 0u, SystemCallFilter.Refuse, DisplayName = "x86 mount")]
    [DataRow(X86, 359u, 40u, 1u, SystemCallFilter.Refuse, DisplayName = "x86 vsock")]
    [DataRow(X86, 136u, 1u, 0u, SystemCallFilter.Refuse, DisplayName = "x86 personality")]
    [DataRow(Arm64, 63u, 0u, 0u, SystemCallFilter.Allow, DisplayName = "arm64 read")]
    [DataRow(Arm64, 40u, 0u, 0u, SystemCallFilter.Refuse, DisplayName = "arm64 mount")]
    [DataRow(Arm64, 198u, 40u, 1u, SystemCallFilter.Refuse, DisplayName = "arm64 vsock")]
    [DataRow(Arm64, 262u, 0u, 0u, SystemCallFilter.Refuse, DisplayName = "arm64 fanotify_init")]
    [DataRow(Arm, 3u, 0u, 0u, SystemCallFilter.Unknown, DisplayName = "32-bit arm")]
    public void Calls_are_allowed_refused_or_unknown(uint architecture, uint number, uint first, uint second, uint expected) =>
        Assert.AreEqual(expected, Answer(architecture, hostNetwork: true, number, first, second));

    [TestMethod]
    [DataRow(1u, 1u, true, true, DisplayName = "unix")]
    [DataRow(2u, 0x80801u, true, true, DisplayName = "TCP")]
    [DataRow(2u, 2u, true, true, DisplayName = "UDP, and ping without rights")]
    [DataRow(2u, 3u, false, true, DisplayName = "raw")]
    [DataRow(10u, 0x80003u, false, true, DisplayName = "raw IPv6, with flags")]
    [DataRow(2u, 10u, false, true, DisplayName = "SOCK_PACKET")]
    [DataRow(16u, 3u, true, true, DisplayName = "netlink")]
    [DataRow(17u, 3u, false, true, DisplayName = "packet")]
    [DataRow(38u, 5u, false, false, DisplayName = "the kernel's cryptography")]
    [DataRow(40u, 1u, false, false, DisplayName = "vsock")]
    [DataRow(29u, 3u, false, false, DisplayName = "CAN")]
    [DataRow(31u, 1u, false, false, DisplayName = "Bluetooth")]
    public void Sockets_depend_on_whose_network_it_is(uint family, uint type, bool onHost, bool onOwn)
    {
        foreach (var (architecture, number) in ((uint, uint)[])[(X64, 41), (X86, 359), (Arm64, 198)])
        {
            Assert.AreEqual(onHost, Answer(architecture, hostNetwork: true, number, family, type) == SystemCallFilter.Allow);
            Assert.AreEqual(onOwn, Answer(architecture, hostNetwork: false, number, family, type) == SystemCallFilter.Allow);
        }
    }

    // What the kernel does with the program, for the instructions that are in it.
    private static uint Answer(uint architecture, bool hostNetwork, uint number, uint first, uint second)
    {
        var code = SystemCallFilter.Assemble(architecture == Arm64 ? Processor.Arm64 : Processor.X64, hostNetwork);
        var data = new Dictionary<uint, uint> { [0] = number, [4] = architecture, [16] = first, [24] = second };
        var value = 0u;
        for (var at = 0; ; at++)
        {
            var instruction = code[at];
            var jump = instruction.Code switch
            {
                0x15 => value == instruction.Value,
                0x35 => value >= instruction.Value,
                0x45 => (value & instruction.Value) != 0,
                _ => (bool?)null,
            };
            if (jump is { } taken)
            {
                at += taken ? instruction.JumpTrue : instruction.JumpFalse;
                continue;
            }

            switch (instruction.Code)
            {
                case 0x20: value = data[instruction.Value]; break;
                case 0x54: value &= instruction.Value; break;
                case 0x05: at += (int)instruction.Value; break;
                case 0x06: return instruction.Value;
                default: throw new InvalidOperationException($"Instruction {instruction.Code}.");
            }
        }
    }
}
