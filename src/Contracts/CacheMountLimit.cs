namespace ContainerStages.Contracts;

/// <summary>
/// How large a cache mount may be that a shared cache takes: <c>true</c> for the usual size, <c>false</c> for none, or a size.
/// </summary>
public static class CacheMountLimit
{
    public const long Usual = 2_000_000_000;

    /// <returns>Bytes; 0 where no cache mount is shared; null where the text means nothing.</returns>
    public static long? TryParse(string text) => text.Trim().ToLowerInvariant() switch
    {
        "" or "true" => Usual,
        "false" => 0,
        var size => ByteSize.TryParse(size),
    };
}
