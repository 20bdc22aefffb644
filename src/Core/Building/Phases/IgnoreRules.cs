using ContainerStages.Contracts;
using ContainerStages.Conventions;
using ContainerStages.Dockerfile;

namespace ContainerStages.Building;

/// <summary>
/// Rules that stand before those of the ignore file: what MSBuild, the project and the build itself write is no input of a build.
/// </summary>
internal static class IgnoreRules
{
    public const string FileSuffix = ".dockerignore";

    public static IReadOnlyList<string> Of(BuildDefinition definition) =>
        [.. OfProject(definition.Source.Project), .. OfOwnFiles(definition), .. OfEarlierExport(definition)];

    /// <summary>The Dockerfile that an export writes into the context, and the ignore file beside it.</summary>
    public static IEnumerable<string> OfExport(BuildDefinition definition, ExportedDockerfile export)
    {
        var path = Path.GetRelativePath(definition.Source.ContextDirectory, export.File);
        return path.StartsWith("..", StringComparison.Ordinal) ? [] : [path, path + FileSuffix];
    }

    private static IReadOnlyList<string> OfProject(ProjectDefinition? project) => project switch
    {
        null => [],
        _ when FrontEnd.IsGoByConvention(project) => GoConvention.DefaultIgnoreRules,
        { DotNet: { } application } => DotNetConvention.IgnoreRules(application),
        _ => ProjectFrontEnd.DefaultIgnoreRules,
    };

    private static IEnumerable<string> OfEarlierExport(BuildDefinition definition) =>
        definition.Outputs.Export is { } export && WrittenMark.IsIn(export.File) ? OfExport(definition, export) : [];

    /// <summary>What the build itself writes: as an input it would make the second build another than the first.</summary>
    private static IEnumerable<string> OfOwnFiles(
        BuildDefinition definition) => new[]
        {
            definition.Policy.LockFile,
            definition.Outputs.ResultFile is { } result ? OwnFolder(result) : null,
        }
        .OfType<string>()
        .Select(path => Path.GetRelativePath(definition.Source.ContextDirectory, path))
        .Where(path => path != "." && !path.StartsWith("..", StringComparison.Ordinal));

    /// <summary>
    /// The result file stands in <c>obj/containerstages</c> unless the user names another place; <c>obj</c> is ours where nothing else is
    /// in it.
    /// </summary>
    private static string OwnFolder(string resultFile)
    {
        var folder = Path.GetDirectoryName(resultFile)!;
        var parent = Path.GetDirectoryName(folder);
        return Path.GetFileName(folder) != "containerstages" ? resultFile
            : Path.GetFileName(parent) == "obj"
                && !(Directory.Exists(parent) && Directory.EnumerateFileSystemEntries(parent).Any(entry => entry != folder)) ? parent!
            : folder;
    }
}
