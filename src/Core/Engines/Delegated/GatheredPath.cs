using ContainerStages.Planning;
using ContainerStages.Snapshots;

namespace ContainerStages.Engines;

/// <summary>
/// Where files of another engine's stage lie in what it gives back: under a folder for the stage, with the paths that they have there.
/// </summary>
/// <param name="Source">What is copied, in the stage.</param>
/// <param name="Destination">Where it lies.</param>
/// <param name="MayBeMissing">True where the source need not be there.</param>
internal sealed record GatheredPath(string Source, string Destination, bool MayBeMissing)
{
    private const int FolderLength = 16;
    private const string Pivot = "/./";

    /// <summary>The path under which a source is found there.</summary>
    public static string Of(string key, string source, bool parents)
    {
        var root = "/" + key[..FolderLength];
        var pivot = source.IndexOf(Pivot, StringComparison.Ordinal);
        return (parents, pivot) switch
        {
            (true, < 0) => $"{root}/.{ImagePath.Absolute("/", source)}",
            (true, _) => root + ImagePath.Absolute("/", source[..pivot]) + "/." + ImagePath.Absolute("/", source[(pivot + Pivot.Length)..]),
            _ => root + ImagePath.Absolute("/", source),
        };
    }

    /// <summary>
    /// What has to be there for one source: the thing itself, or the folder in which a pattern is searched. A copy with parents needs what
    /// is above its source too, as it is there.
    /// </summary>
    public static GatheredPath For(string key, PlannedCopy copy, string source)
    {
        var pivot = copy.Parents ? source.IndexOf(Pivot, StringComparison.Ordinal) : -1;
        var names = ImagePath.Absolute(
            "/",
            copy.Parents ? (pivot < 0 ? "/" : source[..pivot]) : source).Split('/', StringSplitOptions.RemoveEmptyEntries);
        var literal = names.TakeWhile(name => !FilePattern.HasMeta(name)).ToArray();
        var path = "/" + string.Join('/', literal);
        return new GatheredPath(
            path,
            $"/{key[..FolderLength]}{(path == "/" ? "" : path)}",
            copy.Optional && literal.Length == names.Length && literal.Length > 0);
    }
}
