using System.Collections;
using ContainerStages.Contracts;
using ContainerStages.Tasks.Logging;
using ContainerStages.Tasks.Project;
using Microsoft.Build.Framework;

namespace ContainerStages.Tasks.Definition;

/// <summary>Reads ContainerStage and ContainerStageArtifact items, with their places in the project file.</summary>
internal sealed class StageReader(ProblemList problems, ProjectFiles files, ProjectImageList images, string directory)
{
    public ProjectStage Stage(ITaskItem item)
    {
        var location = CheckMetadata("ContainerStage", item, "From", "Platform", "Steps");
        var from = Metadata(item, "From");
        if (from is null)
        {
            problems.Add(ProjectDiagnostics.StageWithoutFrom(item.ItemSpec, location));
        }

        from = Resolve(from, location);

        var evaluated = item.GetMetadata("Steps");
        var (file, steps) = files.Steps(item);
        if (steps is null)
        {
            return new ProjectStage(item.ItemSpec, from, Metadata(item, "Platform"), evaluated, file, location.Line);
        }

        foreach (var (expression, place) in files.Vanished(file, steps, evaluated))
        {
            problems.Add(ProjectDiagnostics.ExpandedToNothing(expression.Text, "Steps", place));
        }

        return new ProjectStage(item.ItemSpec, from, Metadata(item, "Platform"), steps.WithLinesOfComments(evaluated), file, steps.Line);
    }

    public ProjectArtifact Artifact(ITaskItem item)
    {
        var location = CheckMetadata("ContainerStageArtifact", item, "From", "Destination", "Chmod", "Chown");
        var destination = Metadata(item, "Destination");
        if (destination is null)
        {
            problems.Add(ProjectDiagnostics.ArtifactWithoutDestination(item.ItemSpec, location));
        }

        return new ProjectArtifact(
            item.ItemSpec, Resolve(Metadata(item, "From"), location), destination
                ?? "", Metadata(item, "Chmod"), Metadata(item, "Chown"), location.File, location.Line);
    }

    /// <summary>What a stage is built from, with the image of another project in its place.</summary>
    private string? Resolve(string? from, SourceLocation location)
    {
        if (ProjectImages.Find(from, directory) is not { } project)
        {
            return from;
        }

        if (images.Find(project) is { } image)
        {
            return image;
        }

        problems.Add(ProjectDiagnostics.ProjectWithoutImage(project, location));
        return null;
    }

    private SourceLocation CheckMetadata(string itemType, ITaskItem item, params string[] valid)
    {
        var location = files.Locate(itemType, item);
        foreach (string name in (ICollection)item.CloneCustomMetadata().Keys)
        {
            if (!valid.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                problems.Add(ProjectDiagnostics.UnknownMetadata(itemType, item.ItemSpec, name, string.Join(", ", valid), location));
            }
        }

        return location;
    }

    private static string? Metadata(ITaskItem item, string name) => item.GetMetadata(name).Trim() is { Length: > 0 } value ? value : null;
}
