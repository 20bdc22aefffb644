using ContainerStages.Contracts;
using ContainerStages.Tasks.Logging;
using ContainerStages.Tasks.Project;

namespace ContainerStages.Tasks.Definition;

internal interface IOutputItems : INameItems
{
    string PlatformTags { get; }

    string ResultFile { get; }

    string MaxSize { get; }

    string Reports { get; }

    string Sboms { get; }

    string ExportFile { get; }

    string ExportOverwrite { get; }
}

/// <summary>Reads what becomes of the image, and which files the build writes.</summary>
internal sealed class OutputReader(IOutputItems task, ProblemList problems, ProjectFiles files, ValueReader values)
{
    public BuildOutputs Read(IReadOnlyList<RequestedPlatform> platforms)
    {
        var names = new NameReader(task, problems, files).Read(platforms.Count);
        return new BuildOutputs
        {
            Tags = names.Tags,
            PlatformTags = values.Boolean("ContainerStagesPlatformTags", task.PlatformTags) && platforms.Count > 1
                ? [.. platforms.Select(platform => platform.RuntimeIdentifier)]
                : [],
            Destinations = names.Destinations,
            MaxSize = MaxSize(),
            Reports = Files(task.Reports, ReportForm.Of, ProjectDiagnostics.InvalidReport),
            Sboms = Files(task.Sboms, SbomForm.Of, ProjectDiagnostics.InvalidSbom),
            ResultFile = task.FullPath(task.ResultFile),
            Export = Export(),
        };
    }

    private string[] Files(string list, Func<string, string?> formOf, Func<string, string, Diagnostic> invalid)
    {
        string[] names = [.. list.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];
        if (Array.Find(names, file => formOf(file) is null) is { } other)
        {
            problems.Add(invalid(other, task.ProjectFile));
        }

        return [.. names.Select(task.FullPath)];
    }

    private long? MaxSize()
    {
        var text = task.MaxSize.Trim();
        var size = ByteSize.TryParse(text);
        if (size is null && text.Length > 0)
        {
            problems.Add(ProjectDiagnostics.InvalidSize(text, task.ProjectFile));
        }

        return size;
    }

    private ExportedDockerfile? Export() => task.ExportFile.Length == 0
        ? null
        : new ExportedDockerfile(
            task.FullPath(task.ExportFile),
            values.Boolean("ContainerStagesExportOverwrite", task.ExportOverwrite));
}
