using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Dockerfile;
using ContainerStages.Oci;

namespace ContainerStages.Building;

/// <summary>
/// Where a shared cache is, and what is kept in it, as <c>docker buildx build --cache-to</c> writes it:
/// <c>type=registry,ref=NAME,mode=min|max</c>, <c>type=local,dest=FOLDER</c> (to read: <c>src=FOLDER</c>). A value without fields is
/// a name in a registry, or a folder where it is a path.
/// </summary>
internal sealed record SharedCachePlace
{
    private const int UsualDays = 30;
    private const int MostDaysAtAll = 100 * 366;
    private const long UsualBytes = 10_000_000_000;

    /// <summary>In a registry; or null.</summary>
    public ImageReference? Reference { get; private init; }

    /// <summary>Full path of a folder; empty for a registry.</summary>
    public string Folder { get; private init; } = "";

    /// <summary>True: the layers of all steps; false: those of the image alone, and what names the others.</summary>
    public bool WithAllLayers { get; private init; }

    /// <summary>Entries that were of no use for longer are left out.</summary>
    public int MostDays { get; private init; } = UsualDays;

    /// <summary>Of all blobs together.</summary>
    public long MostBytes { get; private init; } = UsualBytes;

    /// <param name="text">As the user wrote it.</param>
    /// <param name="option">For messages: what it was given to.</param>
    /// <param name="isWritten">True for a cache that is written.</param>
    /// <exception cref="BuildFailedException">It means nothing.</exception>
    public static SharedCachePlace Parse(string text, string option, bool isWritten)
    {
        var fields = text.Contains('=', StringComparison.Ordinal)
            ? Fields(text, option)
            : IsPath(text)
                ? new Dictionary<string, string>(StringComparer.Ordinal) { ["type"] = "local", ["dest"] = text }
                : new Dictionary<string, string>(StringComparer.Ordinal) { ["type"] = "registry", ["ref"] = text };
        var place = fields.Remove("type", out var type)
            ? type switch
            {
                "registry" => new SharedCachePlace { Reference = ReferenceOf(Take(fields, "ref"), text, option) },
                "local" => new SharedCachePlace { Folder = FolderOf(fields, isWritten, text, option) },
                _ => throw new BuildFailedException(SharedCacheDiagnostics.UnknownType(option, text, type)),
            }
            : throw Bad(text, option, "it has no type=");
        place = place with
        {
            WithAllLayers = Take(fields, "mode") switch
            {
                null or "min" => false,
                "max" => true,
                var mode => throw Bad(text, option, $"mode={mode} is neither min nor max"),
            },
            MostDays = Take(fields, "max-age") is { } age
                ? Days(age) ?? throw Bad(text, option, $"max-age={age} is no age such as 30d or 2w, or day such as 2026-01-31")
                : UsualDays,
            MostBytes = Take(fields, "max-size") is { } size
                ? ByteSize.TryParse(size) ?? throw Bad(text, option, $"max-size={size} is no size such as 10GB")
                : UsualBytes,
        };
        return fields.Count == 0 ? place : throw Bad(text, option, $"'{fields.Keys.First()}' is no field of it");
    }

    private static Dictionary<string, string> Fields(string text, string option)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var field in CommaSeparated.Split(text))
        {
            var equals = field.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0 || !fields.TryAdd(field[..equals].Trim(), field[(equals + 1)..].Trim()))
            {
                throw Bad(text, option, equals <= 0 ? $"'{field}' is no KEY=VALUE" : $"it has '{field[..equals]}' twice");
            }
        }

        return fields;
    }

    private static string? Take(Dictionary<string, string> fields, string name) => fields.Remove(name, out var value) ? value : null;

    private static ImageReference ReferenceOf(string? name, string text, string option) =>
        name is { Length: > 0 } && ImageReference.TryParse(name) is { Digest: null } reference
            ? reference
            : throw Bad(text, option, name is null ? "it has no ref=" : $"'{name}' is no name of the form HOST/REPOSITORY[:TAG]");

    /// <summary>What reads takes the name of what writes too: one value can then stand for both.</summary>
    private static string FolderOf(Dictionary<string, string> fields, bool isWritten, string text, string option) =>
        ((isWritten ? null : Take(fields, "src")) ?? Take(fields, "dest")) is { Length: > 0 } path
            ? Path.GetFullPath(path)
            : throw Bad(text, option, "it names no folder");

    /// <summary>Entries know the day of their last use: what is left of a day counts as one.</summary>
    private static int? Days(string text) =>
        AgeText.TryParse(text) is { } age && age > TimeSpan.Zero ? (int)Math.Min(Math.Ceiling(age.TotalDays), MostDaysAtAll) : null;

    private static bool IsPath(string text) =>
        text.StartsWith('/') || text.StartsWith('.') || text.StartsWith('~') || Directory.Exists(text);

    private static BuildFailedException Bad(string text, string option, string reason) =>
        new(SharedCacheDiagnostics.BadPlace(option, text, reason));
}
