namespace ContainerStages.Reporting;

/// <summary>The operating system that the files of an image are of. Source: os-release(5).</summary>
/// <param name="Id">Such as <c>debian</c>.</param>
/// <param name="Version">Such as <c>13</c>; null where there is none, as in Debian's unstable.</param>
/// <param name="Name">For people.</param>
public sealed record OsRelease(string Id, string? Version, string Name)
{
    public static bool Knows(string path) => path is "etc/os-release" or "usr/lib/os-release";

    /// <summary>Null where it names no system.</summary>
    internal static OsRelease? Read(string text)
    {
        var fields = text.Split('\n')
            .Select(line => line.Split('=', 2))
            .Where(pair => pair.Length == 2)
            .DistinctBy(pair => pair[0], StringComparer.Ordinal)
            .ToDictionary(pair => pair[0], pair => pair[1].Trim().Trim('"', '\''), StringComparer.Ordinal);
        return fields.GetValueOrDefault("ID") is { Length: > 0 } id
            ? new OsRelease(id, fields.GetValueOrDefault("VERSION_ID"), fields.GetValueOrDefault("NAME") ?? id)
            : null;
    }
}
