using System.Text.RegularExpressions;
using ContainerStages.Contracts;
using ContainerStages.Tasks.Logging;
using ContainerStages.Tasks.Project;
using Microsoft.Build.Framework;

namespace ContainerStages.Tasks.Definition;

internal interface IContextItems : IProjectItems
{
    ITaskItem[] Contexts { get; }
}

/// <summary>Images of other projects of this build, by the full path of the project: name and digest in the local store.</summary>
internal sealed class ProjectImageList(ITaskItem[] images)
{
    private readonly Dictionary<string, string> byProject = images.DistinctBy(image => image.ItemSpec)
        .ToDictionary(image => image.ItemSpec, image => image.GetMetadata("Image"), StringComparer.Ordinal);

    /// <summary>Null where the project made no image.</summary>
    public string? Find(string project) => byProject.GetValueOrDefault(project) is { Length: > 0 } image ? image : null;
}

/// <summary>Reads ContainerStageContext items into the values of docker's --build-context.</summary>
internal sealed partial class ContextReader(IContextItems task, ProblemList problems, ProjectFiles files, ProjectImageList images)
{
    private static readonly string[] Valid = ["Path", "Image", "OciLayout", "Project"];

    public IReadOnlyDictionary<string, string> Read()
    {
        var contexts = new Dictionary<string, string>(StringComparer.Ordinal);
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var item in task.Contexts)
        {
            var location = files.Locate("ContainerStageContext", item);
            foreach (string name in item.CloneCustomMetadata().Keys)
            {
                if (!Valid.Contains(name, StringComparer.OrdinalIgnoreCase))
                {
                    problems.Add(ProjectDiagnostics.UnknownMetadata(
                        "ContainerStageContext", item.ItemSpec, name, string.Join(", ", Valid), location));
                }
            }

            if (Value(item, location) is not { } value)
            {
                continue;
            }

            if (names.TryAdd(ReferenceOf(item.ItemSpec), item.ItemSpec))
            {
                contexts.Add(item.ItemSpec, value);
            }
            else
            {
                problems.Add(ProjectDiagnostics.ContextTwice(item.ItemSpec, names[ReferenceOf(item.ItemSpec)], location));
            }
        }

        return contexts;
    }

    /// <summary>
    /// What the names of one context have in common: <c>golang</c>, <c>golang:latest</c> and <c>docker.io/library/golang</c> are one.
    /// Source: BuildKit, dockerui NamedContext.
    /// </summary>
    private static string ReferenceOf(string name)
    {
        var match = Reference().Match(name);
        return $"{match.Groups["repository"].Value.ToLowerInvariant()}" +
            $"{(match.Groups["version"].Value is { Length: > 0 } version ? version : ":latest")}";
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
            "Project" => ImageOf(ProjectImages.FullPath(value, task.ProjectDirectory), location),
            _ when Address().IsMatch(value) => value,
            _ => Folder(item, value, location),
        };
    }

    private string? ImageOf(string project, SourceLocation location)
    {
        if (images.Find(project) is { } image)
        {
            return "docker-image://" + image;
        }

        problems.Add(ProjectDiagnostics.ProjectWithoutImage(project, location));
        return null;
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

    private string FullPath(string path) => Path.TrimEndingDirectorySeparator(task.FullPath(path));

    [GeneratedRegex(
        "^(?:(?:index\\.)?docker\\.io/)?(?:library/(?=[^/]+$))?(?<repository>[^@]*?)(?<version>(?::[^:/@]*)?(?:@.*)?)$",
        RegexOptions.ExplicitCapture,
        1000)]
    private static partial Regex Reference();

    /// <summary>http, https and git addresses, and <c>user@host:path</c>.</summary>
    [GeneratedRegex("^([a-z]+://|[a-zA-Z0-9_.-]+@[a-zA-Z0-9.-]+:)", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Address();
}
