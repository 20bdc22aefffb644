using ContainerStages.Contracts;

namespace ContainerStages.Diagnostics;

/// <summary>What can go wrong when an image is put somewhere (CST6xxx).</summary>
internal static class PublishDiagnostics
{
    private const string PartMissingCode = "CST6004";

    /// <summary>True where the registry says that it lacks a part of what it was told to have.</summary>
    public static bool BlamesPart(BuildFailedException failure) => failure.Diagnostics is [{ Code: PartMissingCode }];

    public static Diagnostic LayerContentMissing(string digest, string destination) => Error(
        "CST6001",
        $"Layer {digest} is needed for {destination}, but is not in the store and no registry is known that has " +
        "it. Build again with --no-cache; in a project, with ContainerStagesNoCache=true.");

    public static Diagnostic StoredOtherwise(string destination, string expected, string actual) => Error(
        "CST6002",
        $"{destination} now has digest {actual}, not {expected}: the registry changed the manifest. Such a registry " +
        "cannot hold reproducible images.");

    public static Diagnostic UploadRefused(string destination, string what, int status, string detail) => Error(
        "CST6003",
        $"The registry refused {what} for {destination} with status {status}{(detail.Length == 0 ? "" : $" ({detail})")}.");

    public static Diagnostic PartMissing(string destination, string detail) => Error(
        PartMissingCode,
        $"The registry says that it lacks a part of {destination} ({detail}), although all of them were sent. Look at its log and " +
        "storage; a registry that remembers what a clean-up removed must be started anew.");

    public static Diagnostic UrlsRefused(string destination, IEnumerable<(string Layer, IEnumerable<string> Urls)> layers, string detail) =>
        Error(
        "CST6005",
        $"The registry refused the manifest for {destination}{(detail.Length == 0 ? "" : $" ({detail})")}, in which layers name " +
        "addresses that they can be had from: " +
        $"{string.Join("; ", layers.Select(layer => $"{layer.Layer} {string.Join(", ", layer.Urls)}"))}. docker-registry takes such only " +
        "where its configuration allows them: validation.manifests.urls.allow. Set that, or use a base image without such layers.");

    public static Diagnostic NameNeeded(string destination) => Error(
        "CST6301",
        $"The image needs a name for {destination}: give one with -t (in a project ContainerRepository).");

    public static Diagnostic ResultNotWritten(string file, string reason) => Error(
        "CST1032",
        $"The result cannot be written to '{file}': {reason.TrimEnd('.')}. Name another file " +
        "(ContainerStagesResultFile, --metadata-file, --iidfile).");

    public static Diagnostic DestinationsLeft(IReadOnlyList<string> done, string failed, IReadOnlyList<string> left) => Error(
        "CST6302",
        $"Publishing stopped at {failed}. Done before: {(done.Count == 0 ? "nothing" : string.Join(", ", done))}. Not tried: " +
        $"{(left.Count == 0 ? "nothing" : string.Join(", ", left))}. Publishing again sends only what is missing.");

    public static Diagnostic ZstdInDockerFormat() => Error(
        "CST6303",
        "Docker's image format has no name for layers compressed with zstd. Use the OCI format (ContainerImageFormat=OCI, " +
        "oci-mediatypes=true), or gzip.");

    public static Diagnostic LevelOutOfRange(LayerCompression compression, int level) => Error(
        "CST6304",
        compression == LayerCompression.None
            ? $"Without compression there is no level, but {level} is given."
            : $"{level} is no level of {compression.ToString().ToLowerInvariant()}: " +
                $"{(compression == LayerCompression.Gzip ? "0 to 9" : "1 to 22")} is expected.");

    /// <param name="platform">Null where there is one image.</param>
    /// <param name="size">In bytes.</param>
    /// <param name="most">In bytes.</param>
    /// <param name="files">Lines of <see cref="LargeFile"/>.</param>
    public static Diagnostic TooLarge(string? platform, long size, long most, IEnumerable<string> files) => new(
        "CST6306",
        Severity.Error,
        $"The image{(platform is null ? "" : $" for {platform}")} is {ByteSize.Format(size)}, more than the {ByteSize.Format(most)} that "
        + "ContainerStagesMaxSize (--max-size) allows, and was not published. Take out what it does not need, or " +
            "allow more. Its largest files:"
        + string.Concat(files));

    public static string LargeFile(long size, string path, int layer, int layers, string? origin, string? instruction)
    {
        var made = OneLine.Of(instruction ?? "").Trim();
        var shown = made.Length > 100 ? made[..100] + "..." : made;
        return $"{Environment.NewLine}  | {ByteSize.Format(size)} /{OneLine.Of(path).TrimStart('.').TrimStart('/')} "
            + $"(layer {layer} of {layers}{(origin is null ? "" : $", of {origin}")}{(shown.Length == 0 ? "" : $": {shown}")})";
    }

    public static Diagnostic IndexAnnotationsWithoutIndex(IEnumerable<string> names) => Error(
        "CST6305",
        $"An image for one platform has no index to annotate: {string.Join(", ", names)}. Annotate the manifest " +
        "(manifest:KEY=VALUE), or build several platforms.");

    /// <summary>
    /// What registries say ends up in messages, and must not move a terminal's cursor or start a line of its own in a log.
    /// </summary>
    private static Diagnostic Error(string code, string message) => new(code, Severity.Error, OneLine.Of(message));
}
