using ContainerStages.Contracts;

namespace ContainerStages.Diagnostics;

/// <summary>What can go wrong with the sources of ADD and the contexts of a build, and with HEALTHCHECK (CST44xx).</summary>
internal static class AddDiagnostics
{
    public static Diagnostic BadAddress(string address, SourceLocation location) =>
        new("CST4401", Severity.Error, $"'{address}' is not an http or https address with a host name.", location);

    public static Diagnostic BadChecksum(string checksum, SourceLocation location) =>
        new(
            "CST4402",
            Severity.Error,
            $"--checksum={checksum} is not a digest of the form sha256:HEX with 64 hexadecimal digits.",
            location);

    public static Diagnostic ChecksumOfLocalFile(string checksum, SourceLocation location) =>
        new(
            "CST4403",
            Severity.Error,
            $"--checksum={checksum} is for http, https and git sources, but all sources of this ADD are files of the " +
            "build context. Remove the flag.",
            location);

    public static Diagnostic DownloadFailed(string address, string reason, SourceLocation? location) =>
        new("CST4404", Severity.Error, $"Could not download '{address}': {reason}", location);

    public static Diagnostic ChecksumMismatch(string source, string expected, string actual, SourceLocation? location) =>
        new(
            "CST4405",
            Severity.Error,
            $"'{source}' is {actual}, not {expected} as --checksum or the lock file says. Either the source " +
            "changed or the checksum is wrong.",
            location);

    public static Diagnostic NoFileName(string address, SourceLocation location) =>
        new(
            "CST4406",
            Severity.Error,
            $"'{address}' tells no file name for the destination folder. Write the name into the destination.",
            location);

    public static Diagnostic GitMissing(string remote, SourceLocation? location) =>
        new("CST4407", Severity.Error, $"'{remote}' is a git repository, and there is no 'git' program in PATH. Install git.", location);

    public static Diagnostic GitFailed(string remote, string reason, SourceLocation? location) =>
        new("CST4408", Severity.Error, $"git could not fetch '{remote}': {reason}", location);

    public static Diagnostic BadDuration(string option, string text, SourceLocation location) =>
        new(
            "CST4409",
            Severity.Error,
            $"HEALTHCHECK {option}={text}: a duration of at least 1ms is expected, such as 30s, 1m30s or 500ms.",
            location);

    public static Diagnostic BadRetries(string text, SourceLocation location) =>
        new("CST4410", Severity.Error, $"HEALTHCHECK --retries={text}: a whole number from 0 is expected.", location);

    public static Diagnostic FolderAsBase(string name, string folder, SourceLocation location) =>
        new(
            "CST4412",
            Severity.Error,
            $"FROM {name} names the build context '{folder}', which is a folder. Only COPY --from={name} can use it.",
            location);

    public static Diagnostic BadContext(string name, string value) =>
        new(
            "CST4413",
            Severity.Error,
            $"The build context {name}={value} is none: a folder that exists, docker-image://NAME, oci-layout://FOLDER, " +
            "oci-archive:FILE, docker-archive:FILE, docker-daemon:NAME, podman:NAME, target:STAGE, or the http, https or git address of " +
            "an archive or repository is expected.");

    public static Diagnostic BadExclude(string pattern, SourceLocation location) =>
        new("CST4411", Severity.Error, $"--exclude={pattern} is not a valid pattern: a '[' is not closed or a '\\' ends it.", location);
}
