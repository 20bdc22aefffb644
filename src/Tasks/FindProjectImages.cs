using ContainerStages.Tasks.Logging;
using ContainerStages.Tasks.Project;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace ContainerStages.Tasks;

/// <summary>
/// The projects whose images a project builds on, each once, so that MSBuild can build them first. A missing file or a circle is one error.
/// </summary>
public sealed class FindProjectImages : ContainerStagesTask
{
    [Required] public string ProjectFile { get; set; } = "";

    public ITaskItem[] Stages { get; set; } = [];

    public ITaskItem[] Artifacts { get; set; } = [];

    public ITaskItem[] Contexts { get; set; } = [];

    /// <summary>Full paths.</summary>
    [Output] public ITaskItem[] Projects { get; private set; } = [];

    protected override System.Threading.Tasks.Task RunAsync(CancellationToken cancellationToken)
    {
        var directory = Path.GetDirectoryName(ProjectFile)!;
        var problems = new ProblemList(Diagnostics);
        var files = new ProjectFiles(ProjectFile);
        var found = new List<string>();
        foreach (var (type, item, project) in Named(directory).DistinctBy(named => named.Project))
        {
            if (!File.Exists(project))
            {
                problems.Add(ProjectDiagnostics.ReferencedProjectMissing(project, files.Locate(type, item)));
            }

            found.Add(project);
        }

        if (found.Count > 0 && !problems.HasErrors && ProjectImages.FindCycle(ProjectFile) is { Count: > 0 } cycle)
        {
            problems.Add(ProjectDiagnostics.ProjectCycle(cycle.Select(project => Path.GetRelativePath(directory, project)), ProjectFile));
        }

        Projects = problems.HasErrors ? [] : [.. found.Select(project => new TaskItem(project))];
        return System.Threading.Tasks.Task.CompletedTask;
    }

    private IEnumerable<(string Type, ITaskItem Item, string Project)> Named(string directory)
    {
        var froms = Stages
            .Select(item => (Type: "ContainerStage", Item: item))
            .Concat(Artifacts.Select(item => (Type: "ContainerStageArtifact", Item: item)))
            .Select(named => (named.Type, named.Item, Project: ProjectImages.Find(named.Item.GetMetadata("From").Trim(), directory)));
        var contexts =
            Contexts.Select(
                item => (Type: "ContainerStageContext", Item: item, Project: item.GetMetadata("Project") is { Length: > 0 } path
                    ? ProjectImages.FullPath(path, directory)
                    : null));
        return froms.Concat(contexts).Where(named => named.Project is not null).Select(named => (named.Type, named.Item, named.Project!));
    }
}
