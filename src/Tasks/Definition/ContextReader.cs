using System.Text.RegularExpressions;
using ContainerStages.Contracts;
using ContainerStages.Tasks.Project;
using Microsoft.Build.Framework;

namespace ContainerStages.Tasks.Definition;

/// <summary>Reads ContainerStageContext items into the values of docker's --build-context.</summary>
internal sealed partial class ContextReader(PublishContainerStages task, ProblemList problems, ProjectFiles files)
{
    private static readonly string[] Valid = ["Path", "Image", "OciLayout"];

    public IReadOnlyDictionary<string, string> Read()
    {
        var contexts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var item in task.Contexts)
        {
            var location = files.Locate("ContainerStageContext", item);
            foreach (string name in item.CloneCustomMetadata().Keys)
            {
                if (!Valid.Contains(name, StringComparer.OrdinalIgnoreCase))
                {
                    problems.Add(ProjectDiagnostics.UnknownMetadata("ContainerStageContext", item.ItemSpec, name, string.Join(", ", Valid), location));
                }
            }

            if (Value(item, location) is { } value && !contexts.TryAdd(item.ItemSpec, value))
            {
                problems.Add(ProjectDiagnostics.ContextTwice(item.ItemSpec, location));
            }
        }

        return contexts;
    }

    private string? Value(ITaskItem item, SourceLocation location)
    {
        var given = Valid.Select(name => (Name: name, Value: item.GetMetadata(name).Trim())).Where(pair => pair.Value.Length > 0).ToArray();
        if (given is not [var (kind, value)])
        {
            problems.Add(ProjectDiagnostics.ContextSource(item.ItemSpec, location));
            return null;
        }

        return kind switch
        {
            "Image" => "docker-image://" + value,
            "OciLayout" => "oci-layout://" + FullPath(value),
            _ when Address().IsMatch(value) => value,
            _ => Folder(item, value, location),
        };
    }

    private string? Folder(ITaskItem item, string value, SourceLocation location)
    {
        var path = FullPath(value);
        if (Directory.Exists(path))
        {
            return path;
        }

        problems.Add(ProjectDiagnostics.ContextPathNotFound(item.ItemSpec, path, location));
        return null;
    }

    private string FullPath(string path) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(path.Replace('\\', '/'), task.ProjectDirectory));

    /// <summary>http, https and git addresses, and <c>user@host:path</c>.</summary>
    [GeneratedRegex("^([a-z]+://|[a-zA-Z0-9_.-]+@[a-zA-Z0-9.-]+:)", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Address();
}
