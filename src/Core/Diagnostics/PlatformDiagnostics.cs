using ContainerStages.Contracts;

namespace ContainerStages.Diagnostics;

/// <summary>What can be wrong with several platforms, and with the programs of another than this machine's: CST36xx and CST47xx.</summary>
internal static class PlatformDiagnostics
{
    public static Diagnostic OnePlatformOnly(string destination, IEnumerable<string> platforms) => Error(
        "CST3602",
        $"'{destination}' can hold the image of one platform, and this build makes {string.Join(", ", platforms)}. " +
        "Write an OCI archive or layout, push to a registry, or build one platform.");

    public static Diagnostic NoEmulator(string platform, string host, string emulator) => Error(
        "CST4701",
        $"This machine ({host}) cannot run programs for {platform}: no emulator is registered for them. Install one (package " +
        "qemu-user-static on Debian and Ubuntu; " +
        "then, where no service does it: mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc; cat " +
        $"/usr/lib/binfmt.d/{emulator}.conf > /proc/sys/fs/binfmt_misc/register), " +
        "or compile across: FROM --platform=$BUILDPLATFORM.");

    public static Diagnostic EmulatorOff(string platform, string file) => Error(
        "CST4702", $"Programs for {platform} do not start, because their emulator is switched off. As root: echo 1 > {file}.");

    public static Diagnostic EmulatorOutsideRoot(string platform, string name) => Error(
        "CST4703",
        $"Programs for {platform} do not start, because the kernel looks for their emulator inside the image: '{name}' " +
        "is registered without flag F. " +
        "Register it again with F (Debian's qemu-user-static does so).");

    private static Diagnostic Error(string code, string message, SourceLocation? location = null) =>
        new(code, Severity.Error, message, location);
}
