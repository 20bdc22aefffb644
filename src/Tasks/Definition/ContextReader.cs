using ContainerStages.Contracts;
using ContainerStages.Tasks.Project;
using Microsoft.Build.Framework;

namespace ContainerStages.Tasks.Definition;

/// <summary>Images of other projects of this build, by the full path of the project: name and digest in the local store.</summary>
internal sealed class ProjectImageList(ITaskItem[] images)
{
    private readonly Dictionary<string, string> _byProject = images.DistinctBy(image => image.ItemSpec).ToDictionary(image => image.ItemSpec, image => image.GetMetadata("Image"), StringComparer.Ordinal);

    /// <summary>Null where the project made no image.</summary>
    public string? Find(string project) => _byProject.GetValueOrDefault(project) is { Length: > 0 } image ? image : null;
}

/// <summary>Reads ContainerStageContext items: named contexts, which win over stages and images of their name.</summary>
internal sealed class ContextReader(PublishContainerStages task, ProblemList problems, ProjectFiles files, ProjectImageList images)
{
    private static readonly string[] Kinds = ["Path", "Image", "Project"];

    public IReadOnlyDictionary<string, string> Read()
    {
        var contexts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var item in task.Contexts)
        {
            if (Value(item, files.Locate("ContainerStageContext", item)) is { } value)
            {
                contexts[item.ItemSpec] = value;
            }
        }

        return contexts;
    }

    private string? Value(ITaskItem item, SourceLocation location)
    {
        var given = Kinds.Where(kind => item.GetMetadata(kind).Trim().Length > 0).ToArray();
        var unknown = item.CloneCustomMetadata().Keys.Cast<string>().FirstOrDefault(name => !Kinds.Contains(name, StringComparer.OrdinalIgnoreCase));
        if (unknown is not null || given.Length != 1)
        {
            problems.Add(ProjectDiagnostics.ContextWithoutSource(item.ItemSpec, unknown, string.Join(", ", Kinds), location));
            return null;
        }

        var value = item.GetMetadata(given[0]).Trim();
        switch (given[0])
        {
            case "Path":
                return ProjectImages.FullPath(value, task.ProjectDirectory);
            case "Image":
                return "docker-image://" + value;
            default:
                var project = ProjectImages.FullPath(value, task.ProjectDirectory);
                if (images.Find(project) is { } image)
                {
                    return "docker-image://" + image;
                }

                problems.Add(ProjectDiagnostics.ProjectWithoutImage(project, location));
                return null;
        }
    }
}
