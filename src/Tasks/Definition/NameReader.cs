using System.Text.RegularExpressions;
using ContainerStages.Contracts;
using ContainerStages.Tasks.Engine;
using ContainerStages.Tasks.Logging;
using ContainerStages.Tasks.Project;
using Microsoft.Build.Framework;

namespace ContainerStages.Tasks.Definition;

internal interface INameItems : IProjectItems
{
    bool BuildOnly { get; }

    string Registry { get; }

    string Repository { get; }

    string ImageTag { get; }

    string ImageTags { get; }

    string ImageFormat { get; }

    string ArchiveOutputPath { get; }

    string LocalRegistry { get; }

    string Local { get; }

    ITaskItem[] Destinations { get; }
}

/// <summary>The names an image gets in the store, and the places it is published to.</summary>
internal sealed record ImageNames(IReadOnlyList<string> Tags, IReadOnlyList<Destination> Destinations);

/// <summary>Reads registry, repository, tags, archive and further destinations.</summary>
internal sealed partial class NameReader(INameItems task, ProblemList problems, ProjectFiles files)
{
    /// <param name="platforms">How many the project names; none is this machine's.</param>
    public ImageNames Read(int platforms)
    {
        CheckRegistry();
        CheckRepository();
        var tags = Tags();
        var repository = task.Registry.Length == 0 ? task.Repository : $"{task.Registry}/{task.Repository}";
        List<string> names = [.. tags.Select(tag => $"{repository}:{tag}")];
        List<Destination> destinations = task.BuildOnly ? [] : [
            .. Archive(names, platforms) ?? Pushes(names) ?? LocalStore(names),
            .. task.Destinations.SelectMany(item => Further(item, tags, names)),
        ];
        return new ImageNames(names, destinations);
    }

    private void CheckRegistry()
    {
        if (task.Registry.Length > 0 && !RegistryName().IsMatch(task.Registry))
        {
            problems.Add(ProjectDiagnostics.InvalidRegistry(task.Registry, task.ProjectFile));
        }
    }

    private void CheckRepository()
    {
        if (!RepositoryName().IsMatch(task.Repository))
        {
            var suggestion = NotInRepository().Replace(task.Repository.ToLowerInvariant(), "-").Trim('-', '.', '_', '/');
            problems.Add(
                ProjectDiagnostics.InvalidRepository(task.Repository, suggestion.Length == 0 ? "app" : suggestion, task.ProjectFile));
        }
    }

    // On a command line a list can only be written with %3B or inside quotes; commas and spaces divide as well, because no tag can hold
    // them.
    private List<string> Tags()
    {
        if (task.ImageTag.Length > 0 && task.ImageTags.Length > 0)
        {
            problems.Add(ProjectDiagnostics.TwoTagProperties(task.ProjectFile));
        }

        var text = task.ImageTags.Length > 0 ? task.ImageTags : task.ImageTag.Length > 0 ? task.ImageTag : "latest";
        List<string> tags =
            [.. text.Split([';', ',', ' ', '\n', '\r', '\t', '"'], StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal)];
        foreach (var tag in tags.Where(tag => !Tag().IsMatch(tag)))
        {
            problems.Add(ProjectDiagnostics.InvalidTag(tag, task.ProjectFile));
        }

        return tags;
    }

    private Destination[]? Pushes(List<string> names) =>
        task.Registry.Length == 0 ? null : [.. names.Select(name => new Destination(Medium.Registry, name))];

    // As in the .NET SDK, except that without it nothing is loaded anywhere: the image has its name in our own store.
    private Destination[] LocalStore(List<string> names)
    {
        switch (task.LocalRegistry.ToUpperInvariant())
        {
            case "":
                return Answering(names);
            case "DOCKER":
                return [new Destination(Medium.Docker, "") { Names = names }];
            case "PODMAN":
                return [new Destination(Medium.Podman, "") { Names = names }];
            default:
                problems.Add(ProjectDiagnostics.InvalidLocalRegistry(task.LocalRegistry, task.ProjectFile));
                return [];
        }
    }

    // Where no engine answers, the image stays in our own store, and the result line says so.
    private Destination[] Answering(List<string> names)
    {
        switch (task.Local.ToUpperInvariant())
        {
            case "" or "NONE":
                return [];
            case "AUTO":
                return LocalEngine.Find() is { } engine ? [new Destination(engine, "") { Names = names }] : [];
            default:
                problems.Add(ProjectDiagnostics.InvalidLocal(task.Local, task.ProjectFile));
                return [];
        }
    }

    // As in the .NET SDK an archive is written instead of a push, and a folder gets a file named after the repository. Unless the project
    // says which, it is one that docker load takes, an OCI archive at the same time; docker load takes no index.
    private Destination[]? Archive(List<string> names, int platforms)
    {
        if (task.ArchiveOutputPath.Length == 0)
        {
            return null;
        }

        var path = task.FullPath(task.ArchiveOutputPath);
        if (Directory.Exists(path) || task.ArchiveOutputPath[^1] is '/' or '\\')
        {
            path = Path.Combine(path, task.Repository.Replace('/', '-') + ".tar");
        }

        var isDockers = string.Equals(task.ImageFormat, "Docker", StringComparison.OrdinalIgnoreCase)
            || (task.ImageFormat.Length == 0 && platforms < 2);
        return [new Destination(isDockers ? Medium.DockerArchive : Medium.OciArchive, path) { Names = names }];
    }

    private IEnumerable<Destination> Further(ITaskItem item, List<string> tags, List<string> names)
    {
        var medium = Medium.Find(item.ItemSpec, out var rest);
        if (medium.IsDaemon)
        {
            return [new Destination(medium, "") { Names = rest.Length == 0 ? names : [rest] }];
        }

        if (!medium.IsPath)
        {
            return References(item, tags);
        }

        if (rest.Length == 0)
        {
            Refuse(item, "names no path");
            return [];
        }

        return [new Destination(medium, task.FullPath(rest)) { Names = names }];
    }

    private IEnumerable<Destination> References(ITaskItem item, List<string> tags)
    {
        var text = item.ItemSpec;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var host = slash < 0 ? "" : text[..slash];
        if (!(host == "localhost" || host.Contains('.', StringComparison.Ordinal) || host.Contains(':', StringComparison.Ordinal)))
        {
            Refuse(item, "names no registry host");
            return [];
        }

        if (text.Contains('@', StringComparison.Ordinal))
        {
            Refuse(
                item,
                "has an '@': credentials come from 'docker login' or variables, and what is pushed gets its digest from its content");
            return [];
        }

        // Without a tag of its own it gets the project's.
        return text[slash..].Contains(':', StringComparison.Ordinal)
            ? [new Destination(Medium.Registry, text)]
            : tags.Select(tag => new Destination(Medium.Registry, $"{text}:{tag}"));
    }

    private void Refuse(ITaskItem item, string problem) =>
        problems.Add(ProjectDiagnostics.InvalidDestination(item.ItemSpec, problem, files.Locate("ContainerStageDestination", item)));

    // https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests: <name> and <reference>.
    [GeneratedRegex(
        @"^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*$",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex RepositoryName();

    [GeneratedRegex(@"^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Tag();

    [GeneratedRegex(
        @"^(\[[0-9a-fA-F:]+\]|[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?)(:[0-9]{1,5})?$",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex RegistryName();

    [GeneratedRegex("[^a-z0-9._/-]+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NotInRepository();
}
