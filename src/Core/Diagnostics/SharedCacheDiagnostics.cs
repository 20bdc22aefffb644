using ContainerStages.Contracts;

namespace ContainerStages.Diagnostics;

/// <summary>Caches that machines share (CST66xx). All but a value that means nothing are warnings: a cache costs time only.</summary>
internal static class SharedCacheDiagnostics
{
    public static Diagnostic BadPlace(string option, string text, string reason) => new(
        "CST6601",
        Severity.Error,
        $"{option} '{text}': {reason}. Write type=registry,ref=HOST/REPOSITORY:TAG,mode=min|max, or type=local,dest=FOLDER (to read: " +
        "src=FOLDER), or the name or folder alone.");

    public static Diagnostic UnknownType(string option, string text, string type)
    {
        var why = type switch
        {
            "gha" or "s3" or "azblob" => "It is a service of one vendor with a protocol of its own; ",
            "inline" => "An image holds no cache here; ",
            _ => "",
        };
        return new(
            "CST6607",
            Severity.Error,
            $"{option} '{text}': there is no cache of type '{type}' here. {why}use type=registry with any registry, or type=local with a "
            + "folder that the pipeline saves and restores.");
    }

    public static Diagnostic NotRead(string name, string reason) => new(
        "CST6602", Severity.Warning, OneLine.Of($"The cache '{name}' is not used: {reason} The build goes on without it."));

    public static Diagnostic NotWritten(string name, string reason) => new(
        "CST6603", Severity.Warning, OneLine.Of($"The cache '{name}' was not written: {reason} The image does not depend on it."));

    public static Diagnostic Torn(string name, string digest, string reason) => new(
        "CST6604",
        Severity.Warning,
        OneLine.Of($"The cache '{name}' is not whole: {digest} cannot be used ({reason}) What it lacks is made again."));

    public static Diagnostic MountTooLarge(string path, long bytes, long most) => MountLeftOut(
        path,
        $"it has {ByteSize.Format(bytes)}, and ContainerStagesCacheMounts (--cache-mounts) allows {ByteSize.Format(most)}. Allow more, or "
        + "'false' for none.");

    public static Diagnostic MountLeftOut(string path, string reason) =>
        new("CST6605", Severity.Warning, OneLine.Of($"The cache mount '{path}' is not shared: {reason}"));
}
