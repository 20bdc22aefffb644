using System.Runtime.InteropServices;

namespace ContainerStages.Sandboxing;

/// <summary>struct sock_filter. Source: the kernel's Documentation/userspace-api/seccomp_filter.rst, struct seccomp_data.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct FilterInstruction(ushort Code, byte JumpTrue, byte JumpFalse, uint Value)
{
    public static FilterInstruction LoadNumber => new(0x20, 0, 0, 0);

    public static FilterInstruction LoadArchitecture => new(0x20, 0, 0, 4);

    /// <summary>The lower half: what the kernel takes where the argument is an int.</summary>
    public static FilterInstruction LoadArgument(uint index) => new(0x20, 0, 0, 16 + (8 * index));

    public static FilterInstruction Keep(uint bits) => new(0x54, 0, 0, bits);

    public static FilterInstruction Jump(int over) => new(0x05, 0, 0, (uint)over);

    public static FilterInstruction JumpIf(uint value, byte over) => new(0x15, over, 0, value);

    public static FilterInstruction JumpUnless(uint value, byte over) => new(0x15, 0, over, value);

    public static FilterInstruction JumpIfLess(uint value, byte over) => new(0x35, 0, over, value);

    public static FilterInstruction JumpUnlessAny(uint bits, byte over) => new(0x45, 0, over, bits);

    public static FilterInstruction Return(uint value) => new(0x06, 0, 0, value);
}
