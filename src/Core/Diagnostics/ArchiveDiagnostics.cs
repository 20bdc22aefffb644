using ContainerStages.Contracts;

namespace ContainerStages.Diagnostics;

/// <summary>Publishing to folders and archives: CST61xx.</summary>
public static class ArchiveDiagnostics
{
    public static Diagnostic CannotWrite(string path, string reason) =>
        Error("CST6101", $"The image cannot be written to '{path}': {reason} Name a place that the user who builds can write.");

    public static Diagnostic DiskFull(string path) =>
        Error(
            "CST6102",
            $"The image cannot be written to '{path}': the disk is full (or a quota is reached). Free space there or name another place.");

    public static Diagnostic NotALayout(string path, string reason) =>
        Error(
            "CST6103",
            $"The folder '{path}' is no OCI image layout that an image can be added to: {reason} Name an empty or new folder.");

    public static Diagnostic NameInvalid(string name) =>
        Error(
            "CST6104",
            $"'{name}' cannot name an image in an archive. A name is [registry/]repository[:tag] in lower case, such as example:1.0.");

    public static Diagnostic BlobMissing(string digest) =>
        Error(
            "CST6105",
            $"The image cannot be written: its blob {digest} is neither in the store nor is it known where to fetch it from. " +
            "Build again with an empty store.");

    public static Diagnostic LayoutBusy(string path) =>
        Error(
            "CST6106",
            $"The image layout '{path}' is being written by another process for a long time. Wait for it, or name another folder.");

    public static Diagnostic OutputNotWritable(string reason) =>
        Error(
            "CST6107",
            $"Standard output cannot be written ({OneLine.Of(reason).TrimEnd('.')}). What was done until then stays; send the output to " +
            "a place that takes it, and run the command again.");

    private static Diagnostic Error(string code, string message) => new(code, Severity.Error, message);
}
