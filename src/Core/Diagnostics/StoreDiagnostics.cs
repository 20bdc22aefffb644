using ContainerStages.Contracts;

namespace ContainerStages.Diagnostics;

/// <summary>The embedded store and the layers in it: CST41xx.</summary>
internal static class StoreDiagnostics
{
    public static Diagnostic DiskFull(string folder) =>
        Error(
            "CST4101",
            $"The disk that holds '{folder}' is full (or a quota is reached). Free space there, or put the store on another disk " +
            "(CONTAINERSTAGES_STORE, or ContainerStagesStore in a project).");

    public static Diagnostic StoreNotWritable(string folder, string reason) =>
        Error(
            "CST4102",
            $"The store folder '{folder}' cannot be written: {reason} Make it writable for the user who builds, or choose another folder " +
            "(CONTAINERSTAGES_STORE, or ContainerStagesStore in a project).");

    public static Diagnostic BlobDamaged(string digest, string reason) =>
        Error(
            "CST4103",
            $"The stored blob {digest} is damaged: {reason} It counts as missing from here on: build or pull again, which makes it anew.");

    public static Diagnostic LayerDigestMismatch(string layer, string what, string actual) =>
        Error(
            "CST4104",
            $"Layer {layer} is not what its image announces: {what} is {actual}. The registry, a proxy or the store changed it; pull " +
            "again, or name another mirror.");

    public static Diagnostic LayerDamaged(string layer, string reason) =>
        Error("CST4105", $"Layer {layer} cannot be unpacked: {reason}");

    public static Diagnostic LayerEntryRefused(string layer, string entry, string reason) =>
        Error("CST4106", $"Layer {layer} cannot be unpacked: entry '{Printable(entry)}' {reason}");

    public static Diagnostic OwnerNotMapped(string layer, string entry, uint user, uint group) =>
        Error(
            "CST4107",
            $"Layer {layer} cannot be unpacked: entry '{Printable(entry)}' belongs to {user}:{group}, which this user may not give away. " +
            "Build as root, or give the user a range in /etc/subuid and /etc/subgid that covers these ids (65536 ids are usual).");

    public static Diagnostic LayerLimitExceeded(string layer, string limit) =>
        Error("CST4108", $"Layer {layer} cannot be unpacked: it has {limit}. Such layers are refused because they can fill a disk.");

    public static Diagnostic NameReserved(string path) =>
        Error(
            "CST4109",
            $"The file '{Printable(path)}' cannot be put into an image: names that begin with '.wh.' mark removed files " +
            "in layers. Rename or remove it.");

    public static Diagnostic CompressionNotInDockerFormat(string layer) =>
        Error(
            "CST4110",
            $"Layer {layer} is compressed with zstd, which images in Docker's format cannot name. Use the OCI " +
            "format (ContainerImageFormat=OCI).");

    public static Diagnostic AttributeTooLarge(string file, string attribute, long size) =>
        Error(
            "CST4111",
            $"The extended attribute '{Printable(attribute)}' of '{Printable(file)}' has {size} bytes, more than the file system of the " +
            "store keeps for a file. Take it off the file (setfattr -x), or put the store on a file system that keeps 64 KiB of " +
            "attributes, such as xfs or btrfs (CONTAINERSTAGES_STORE, or ContainerStagesStore in a project).");

    public static Diagnostic FilterNotSupported(string archive, string filter) =>
        Error(
            "CST4112",
            $"'{Printable(archive)}' cannot be unpacked: it is compressed by xz with the filter '{filter}', which is not supported. Pack " +
            "it again without that filter (xz -dc OLD | xz > NEW), or use COPY where it is to stay as it is.");

    public static Diagnostic NamesDamaged(string file, string reason) =>
        new(
            "CST4120",
            Severity.Warning,
            $"The list of image names '{file}' is damaged and counts as empty: {OneLine.Of(reason)} The next build with a name, or " +
            "'dotnet-stages prune', begins it anew; build or pull again what is to have a name.");

    public static Diagnostic ImageIncomplete(string name, string reason) =>
        Error(
            "CST4121",
            $"The image '{name}' of the store is not whole: {OneLine.Of(reason)} Build or pull it again, or remove it " +
            "with 'dotnet-stages prune --all'.");

    public static Diagnostic AmbiguousId(string id, IEnumerable<string> candidates) =>
        Error(
            "CST4122",
            $"Several images have an id or digest that begins with '{id}': {string.Join(", ", candidates)}. Give " +
            "more of its digits, or a name.");

    public static Diagnostic StoreOfAnother(string folder, uint owner, uint user) =>
        Error(
            "CST4124",
            $"The store folder '{folder}' is in use by user {owner}, and this is user {user}: unpacked layers carry the owners that they " +
            $"had for that user. Build as user {owner}, or choose another folder (CONTAINERSTAGES_STORE, or " +
            "ContainerStagesStore in a project).");

    private static Diagnostic Error(string code, string message) => new(code, Severity.Error, message);

    /// <summary>Names come from strangers: control characters must not reach a terminal.</summary>
    private static string Printable(string name)
    {
        var shown = name.Length > 200 ? string.Concat(name.AsSpan(0, 200), "...") : name;
        return string.Concat(shown.Select(letter => char.IsControl(letter) || char.IsSurrogate(letter) ? '?' : letter));
    }
}
