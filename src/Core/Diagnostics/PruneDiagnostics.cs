using ContainerStages.Contracts;

namespace ContainerStages.Diagnostics;

/// <summary>What is removed from the store, and what is mended in it: CST46xx.</summary>
internal static class PruneDiagnostics
{
    public static Diagnostic BlobFetchedAgain(string digest, string image) =>
        new(
            "CST4601",
            Severity.Warning,
            $"The stored layer {digest} of {image} was damaged, so it was fetched again. Where this comes back, check the disk.");

    public static Diagnostic ImageDamaged(string name, string reason) =>
        new(
            "CST4602",
            Severity.Warning,
            $"The image '{name}' of the store cannot be read: {reason} What belongs to it alone is removed. Build or pull it again, or " +
            "remove it with 'dotnet-stages prune --all'.");

    public static Diagnostic NotRemoved(string item, string reason) =>
        new("CST4603", Severity.Warning, $"'{item}' cannot be removed: {reason} Remove it as the user whose files they are, or as root.");
}
