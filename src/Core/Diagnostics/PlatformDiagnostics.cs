using ContainerStages.Contracts;

namespace ContainerStages.Diagnostics;

/// <summary>What can be wrong with several platforms, and with the programs of another than this machine's: CST36xx and CST47xx.</summary>
public static class PlatformDiagnostics
{
    public static Diagnostic FixedPlatform(string stage, string wanted, string actual) => Error(
        "CST3601",
        $"The image for {wanted} would be one for {actual}, because the base of stage '{stage}' is named for that platform. " +
        "Take --platform away from its FROM, or name another stage for each platform, or build one platform.");

    public static Diagnostic OnePlatformOnly(string destination, IEnumerable<string> platforms) => Error(
        "CST3602",
        $"'{destination}' can hold the image of one platform, and this build makes {string.Join(", ", platforms)}. " +
        "Write an OCI archive or layout, push to a registry, or build one platform.");

    private static Diagnostic Error(string code, string message, SourceLocation? location = null) => new(code, Severity.Error, message, location);
}
