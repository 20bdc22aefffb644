using ContainerStages.Contracts;

namespace ContainerStages.Diagnostics;

/// <summary>What can be wrong with a lock file, and what it forbids (CST34xx).</summary>
internal static class LockDiagnostics
{
    private const string Refresh = "dotnet msbuild -t:UpdateContainerLock, or dotnet-stages lock --update with the options of the build";

    public static Diagnostic LockedModeLacks(string file, IEnumerable<string> missing) =>
        Error(
            "CST3401",
            $"Locked mode: the lock file lacks what the build uses:{string.Concat(missing.Select(line => $"\n  + {line}"))}\nBuild once " +
            "without locked mode and commit the file.",
            new SourceLocation(file));

    public static Diagnostic MergeConflict(SourceLocation location) =>
        Error("CST3402", $"The lock file holds an unresolved merge conflict. Take either side, then refresh it: {Refresh}.", location);

    public static Diagnostic UnknownVersion(string version, int known, SourceLocation location) =>
        Error(
            "CST3403",
            $"The lock file has version {version}; this program reads version {known}. Use the newer program, or delete " +
            "the file to have it written anew.",
            location);

    public static Diagnostic Malformed(string problem, SourceLocation location) =>
        Error(
            "CST3404",
            $"The lock file cannot be used: {problem} It is written by the build; take it from version control, or " +
            "delete it to have it written anew.",
            location);

    public static Diagnostic PinnedNotFound(string file, string image, string platform, string digest, string reason) =>
        Error(
            "CST3405",
            $"The lock file says that '{image}' for {platform} is {digest}, which cannot be used: {reason} Where the image was replaced, " +
            $"refresh the file: {Refresh}.",
            new SourceLocation(file));

    public static Diagnostic IndexDisagrees(string file, string image, string platform, string locked, string actual) =>
        Error(
            "CST3406",
            $"The lock file says that '{image}' for {platform} is {locked}, but the index that it names has {actual} for it. Somebody " +
            $"edited the file; refresh it: {Refresh}.",
            new SourceLocation(file));

    public static Diagnostic NotAccessible(string file, string reason) =>
        Error(
            "CST3407",
            $"The lock file cannot be read or written: {reason.TrimEnd('.')}. Name another file (ContainerStagesLockFile, --lock-file), " +
            "or build without one (ContainerStagesLockFile=false).",
            new SourceLocation(file));

    private static Diagnostic Error(string code, string message, SourceLocation location) => new(code, Severity.Error, message, location);
}
