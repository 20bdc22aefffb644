using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Oci;

namespace ContainerStages.Sandboxing;

/// <summary>
/// Programs made for another processor. The kernel starts them through an emulator that is registered with binfmt_misc; flag F makes it
/// open the emulator when it is registered, so that a root without it can use it. Source: Linux, admin-guide/binfmt-misc.
/// </summary>
internal static class ForeignPrograms
{
    private const string Registrations = "/proc/sys/fs/binfmt_misc";

    /// <summary>Offset of the machine in an ELF header. Source: elf(5).</summary>
    private const int MachineOffset = 18;

    /// <summary>Why programs of a platform do not start here; null where they do, or where that is not the reason.</summary>
    public static Diagnostic? Explain(Platform platform, string registrations = Registrations)
    {
        if (platform.Os != "linux"
            || platform.Architecture == Platform.Host.Architecture
            || Machine(platform.Architecture) is not { } machine)
        {
            return null;
        }

        var (name, text) = Find(registrations, machine);
        return name is null
            ? PlatformDiagnostics.NoEmulator(platform.ToString(), Platform.Host.ToString(), EmulatorOf(platform.Architecture))
            : !Lines(text).Contains("enabled") ? PlatformDiagnostics.EmulatorOff(platform.ToString(), $"{registrations}/{name}")
            : !Flags(text).Contains('F', StringComparison.Ordinal) ? PlatformDiagnostics.EmulatorOutsideRoot(platform.ToString(), name)
            : null;
    }

    /// <summary>The registration whose magic is an ELF header of the machine.</summary>
    private static (string? Name, string Text) Find(string folder, ushort machine)
    {
        if (!Directory.Exists(folder))
        {
            return default;
        }

        var files = Directory.EnumerateFiles(folder)
            .Where(file => Path.GetFileName(file) is not ("register" or "status"))
            .Order(StringComparer.Ordinal);
        var found = files.Select(file => (Name: Path.GetFileName(file), Text: File.ReadAllText(file)))
            .FirstOrDefault(file => IsFor(file.Text, machine));
        return found;
    }

    private static bool IsFor(string text, ushort machine)
    {
        var magic = Lines(text).FirstOrDefault(line => line.StartsWith("magic ", StringComparison.Ordinal))?["magic ".Length..];
        const int needed = (MachineOffset + 2) * 2;
        return magic is { Length: >= needed } && magic.StartsWith("7f454c46", StringComparison.Ordinal)
            && (magic.Substring(MachineOffset * 2, 4) == $"{machine & 0xFF:x2}{machine >> 8:x2}"
                || magic.Substring(MachineOffset * 2, 4) == $"{machine:x4}");
    }

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.TrimEntries);

    private static string Flags(string text) =>
        Lines(text).FirstOrDefault(line => line.StartsWith("flags:", StringComparison.Ordinal))?["flags:".Length..] ?? "";

    /// <summary>Machine of an ELF header by GOARCH. Source: elf.h, e_machine.</summary>
    private static ushort? Machine(string architecture) => architecture switch
    {
        "386" => 3,
        "mips64le" or "mipsle" or "mips" or "mips64" => 8,
        "ppc64" or "ppc64le" => 21,
        "s390x" => 22,
        "arm" => 40,
        "amd64" => 62,
        "arm64" => 183,
        "riscv64" => 243,
        "loong64" => 258,
        _ => null,
    };

    private static string EmulatorOf(string architecture) => "qemu-" + architecture switch
    {
        "386" => "i386",
        "amd64" => "x86_64",
        "arm64" => "aarch64",
        "loong64" => "loongarch64",
        "mips64le" => "mips64el",
        "mipsle" => "mipsel",
        _ => architecture,
    };
}
