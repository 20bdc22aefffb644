using ContainerStages.Contracts;

namespace ContainerStages.Diagnostics;

/// <summary>What can go wrong when an image is put somewhere (CST6xxx).</summary>
public static class PublishDiagnostics
{
    public static Diagnostic LayerContentMissing(string digest, string destination) => Error(
        "CST6001",
        $"Layer {digest} is needed for {destination}, but is not in the store and no registry is known that has it. Build again with --no-cache.");

    public static Diagnostic StoredOtherwise(string destination, string expected, string actual) => Error(
        "CST6002",
        $"{destination} now has digest {actual}, not {expected}: the registry changed the manifest. Such a registry cannot hold reproducible images.");

    public static Diagnostic UploadRefused(string destination, string what, int status, string detail) => Error(
        "CST6003",
        $"The registry refused {what} for {destination} with status {status}{(detail.Length == 0 ? "" : $" ({detail})")}.");

    /// <summary>What registries say ends up in messages, and must not move a terminal's cursor or start a line of its own in a log.</summary>
    private static Diagnostic Error(string code, string message) => new(code, Severity.Error, OneLine.Of(message));
}
