using System.Text.RegularExpressions;
using ContainerStages.Contracts;
using Microsoft.Build.Framework;

namespace ContainerStages.Tasks.Project;

/// <summary>Where items stand in project files, and what MSBuild swallowed of them. Every file is read once.</summary>
public sealed partial class ProjectFiles(string projectFile)
{
    private readonly Dictionary<string, ProjectText> texts = new(StringComparer.Ordinal);

    /// <summary>The place of an item's element, or only its file where the line cannot be told.</summary>
    public SourceLocation Locate(string itemType, ITaskItem item)
    {
        var file = FileOf(item);
        return Text(file).Find(itemType, item.ItemSpec) is { } found
            ? new SourceLocation(file, found.Line)
            : new SourceLocation(file);
    }

    /// <summary>The raw steps of a ContainerStage item, and the file they stand in; null where they cannot be found.</summary>
    public (string File, StepsText? Steps) Steps(ITaskItem stage)
    {
        var file = FileOf(stage);
        return (file, Text(file).Find("ContainerStage", stage.ItemSpec, stage.GetMetadata("Steps"))?.Steps);
    }

    /// <summary>
    /// The raw text that gave a property its value, and the file it stands in; null where neither the project file nor a
    /// Directory.Build.props above it can have given it.
    /// </summary>
    public (string File, StepsText Text)? Property(string name, string evaluated)
    {
        foreach (var file in ConsultedFiles())
        {
            if (Text(file).FindProperty(name, evaluated) is { } text)
            {
                return (file, text);
            }
        }

        return null;
    }

    /// <summary>
    /// The expressions in raw steps that vanished and that name no property set in the project file, in a Directory.Build file above it, or
    /// in the environment: an empty property of the project is meant to be empty.
    /// </summary>
    public IEnumerable<(Expression Expression, SourceLocation Location)> Vanished(string file, StepsText raw, string evaluated) =>
        Expansions.Vanished(raw.Text, evaluated)
            .Where(expression => !IsKnown(expression.Body))
            .Select(expression => (expression, new SourceLocation(file, raw.LineAt(expression.Offset))));

    private bool IsKnown(string name) =>
        PropertyName().IsMatch(name)
        && (Environment.GetEnvironmentVariable(name) is not null || ConsultedFiles().Any(file => Text(file).HasElement(name)));

    private IEnumerable<string> ConsultedFiles()
    {
        yield return projectFile;
        for (var folder = Path.GetDirectoryName(projectFile); folder is not null; folder = Path.GetDirectoryName(folder))
        {
            yield return Path.Combine(folder, "Directory.Build.props");
        }
    }

    private string FileOf(ITaskItem item) => item.GetMetadata("DefiningProjectFullPath") is { Length: > 0 } file ? file : projectFile;

    private ProjectText Text(string file)
    {
        if (!texts.TryGetValue(file, out var text))
        {
            text = ProjectText.Load(file);
            texts.Add(file, text);
        }

        return text;
    }

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_-]*$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PropertyName();
}
