using ContainerStages.Contracts;

namespace ContainerStages.Diagnostics;

/// <summary>CST35xx and CST3109: what keeps a .NET application from being built in a builder stage.</summary>
internal static class DotNetDiagnostics
{
    public static Diagnostic PlatformUnknown(string platform, IEnumerable<string> known, SourceLocation location) =>
        Error("CST3501", $".NET publishes nothing for the platform '{platform}'. Valid: {string.Join(", ", known)}.", location);

    public static Diagnostic NoCrossToolchain(string processor, SourceLocation location) =>
        Error(
            "CST3502",
            $"Native code for Alpine on {processor} cannot be compiled on this machine: Alpine has no cross compiler. Build on a machine " +
            "of that processor, use images with glibc (remove ContainerFamily and linux-musl), or set PublishAot to false.",
            location);

    public static Diagnostic WorkloadMissing(string line, SourceLocation location) =>
        Error(
            "CST3503",
            $"The builder image lacks a workload that the project needs: {line} Set ContainerStagesBuilderImage to an image that has it, " +
            "or write the stages with ContainerStage items.",
            location);

    public static Diagnostic LinkerMissing(string line, string? image, SourceLocation location) =>
        Error(
            "CST3504",
            $"The builder image{(image is null ? "" : $" '{image}'")} has no linker for native code: {line} Set " +
            "ContainerStagesBuilderImage to one with clang and zlib1g-dev, remove the property for the default " +
            "one, or set PublishAot to false.",
            location);

    public static Diagnostic SdkTooOld(string line, SourceLocation location) =>
        Error(
            "CST3505",
            $"The .NET SDK of the builder image is not one that the project takes: {line} Set ContainerStagesBuilderImage to an image " +
            "with the version that global.json or the target framework asks for, or allow a roll forward in global.json.",
            location);

    public static Diagnostic FileNotThere(string line, SourceLocation location) =>
        Error(
            "CST3506",
            $"A file that the project imports is not in the builder: {line} Name it with a ContainerStageInput item.",
            location);

    public static Diagnostic FeedRefused(string line, SourceLocation location) =>
        Error(
            "CST3507",
            $"A package feed refuses the builder: {line} Give its credentials in packageSourceCredentials of a nuget.config, or in the " +
            "environment variable NuGetPackageSourceCredentials_NAME.",
            location);

    public static Diagnostic NoSdk(string? image, SourceLocation location) =>
        Error(
            "CST3508",
            $"The builder image{(image is null ? "" : $" '{image}'")} has no .NET SDK: there is no program 'dotnet' in it. Set " +
            "ContainerStagesBuilderImage to an image with the .NET SDK (mcr.microsoft.com/dotnet/sdk:10.0), or remove the " +
            "property for the default one.",
            location);

    public static Diagnostic ToolchainNotInstalled(
        string image, string runtimeIdentifier, string tools, string line, SourceLocation location) =>
        Error(
            "CST3509",
            $"The builder image '{image}' lacks what compiles native code for {runtimeIdentifier}, and it could not be installed there " +
            $"({line}). Needed: {tools}. Set ContainerStagesBuilderImage to an image that has them, build on a machine of that " +
            "processor, or set PublishAot to false.",
            location);

    public static Diagnostic NoGit(string line, string? image, SourceLocation location) =>
        Error(
            "CST3109",
            $"The builder image{(image is null ? "" : $" '{image}'")} has no program 'git', and the build calls it: {line} Set " +
            "ContainerStagesBuilderImage to an image with git (mcr.microsoft.com/dotnet/sdk has it), or remove the " +
            "property for the default one.",
            location);

    private static Diagnostic Error(string code, string message, SourceLocation location) => new(code, Severity.Error, message, location);
}
