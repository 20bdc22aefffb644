using ContainerStages.Contracts;
using ContainerStages.Tasks.Project;

namespace ContainerStages.Tasks.DotNet;

/// <summary>
/// Files of this machine that a builder gets as text: NuGet's settings, and what .NET looks for in the folders above a project.
/// </summary>
internal sealed class BuilderFiles(RestoreGraph graph, NuGetSettings settings, string target)
{
    // Of several in the folders above each other, the nearest counts.
    private static readonly string[] Above = ["global.json", ".config/dotnet-tools.json", "dotnet-tools.json", ".editorconfig"];

    /// <summary>
    /// The files, and the rules that keep the originals out. Settings that stand outside the context come first when NuGet looks upwards.
    /// </summary>
    /// <param name="context">The build context.</param>
    /// <param name="projectFolder">Where .NET begins to look.</param>
    public (IReadOnlyList<WrittenFile> Files, IReadOnlyList<string> Hidden) Read(string context, string projectFolder)
    {
        string[] inside = [.. graph.ConfigFiles.Where(file => ProjectPaths.IsInside(file, context))];
        return (
            [
                .. inside.Select(file => new WrittenFile($"{target}/{Path.GetRelativePath(context, file)}", settings.Read(file))),
                new WrittenFile("/nuget.config", settings.ReadAll(graph.ConfigFiles.Except(inside))),
                .. Above.SelectMany(name => NearestAbove(name, context, projectFolder)),
            ],
            [.. inside.Select(file => Path.GetRelativePath(context, file))]);
    }

    private static IEnumerable<WrittenFile> NearestAbove(string name, string context, string projectFolder)
    {
        for (var folder = projectFolder; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (Path.Combine(folder, name) is var file && File.Exists(file))
            {
                return ProjectPaths.IsInside(file, context) ? [] : [new WrittenFile("/" + name, File.ReadAllText(file))];
            }
        }

        return [];
    }
}
