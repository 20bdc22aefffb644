using ContainerStages.Contracts;
using ContainerStages.Tasks.DotNet;
using ContainerStages.Tasks.Engine;
using ContainerStages.Tasks.Logging;
using ContainerStages.Tasks.Project;
using Microsoft.Build.Framework;

namespace ContainerStages.Tasks.Definition;

internal interface IProjectReaderItems : IKitItems, IImageConfigItems
{
    ITaskItem[] Stages { get; }

    ITaskItem[] Artifacts { get; }

    string BaseImage { get; }

    string GoPackage { get; }

    string GoVersion { get; }

    /// <summary>Of a Go module; a .NET application's comes with its other values.</summary>
    string BuilderImage { get; }

    string GoBuildFlags { get; }

    string GoLdFlags { get; }

    string GoCgoEnabled { get; }

    string HostCertificates { get; }

    string HostCredentials { get; }

    ITaskItem[] UnsupportedNames { get; }
}

/// <summary>Reads the stages of a project, or of which kind it is where it names none.</summary>
internal sealed class ProjectReader(
    IProjectReaderItems task,
    ProblemList problems,
    ProjectFiles files,
    ValueReader values,
    EngineSecrets secrets)
{
    /// <summary>True for a Go module whose project names no stage.</summary>
    public bool IsGoByConvention => IsGoModule && task.Stages.Length == 0 && task.Artifacts.Length == 0;

    private bool IsGoModule => File.Exists(Path.Combine(task.ProjectDirectory, "go.mod"));

    /// <param name="images">Of other projects.</param>
    /// <param name="dotNet">What a .NET project without stages says; null for every other.</param>
    public ProjectDefinition Read(ProjectImageList images, DotNetBuild? dotNet)
    {
        var stages = new StageReader(problems, files, images, task.ProjectDirectory);
        var project = new ProjectDefinition
        {
            File = task.ProjectFile,
            Stages = [.. task.Stages.Select(stages.Stage)],
            Artifacts = [.. task.Artifacts.Select(stages.Artifact)],
            BaseImage = NullIfEmpty(task.BaseImage),
            Go = IsGoModule ? GoModule() : null,
            Kit = new KitReader(task, problems, files).Read(values),
            DotNet = dotNet?.Application,
            Access = dotNet?.Access ?? Access(),
            Config = new ImageConfigReader(task, problems, files, values).Read(),
        };
        if (project is { Stages.Count: 0, Artifacts.Count: 0, Go: null, DotNet: null } && task.UnsupportedNames.Length == 0)
        {
            problems.Add(ProjectDiagnostics.NothingToBuild(task.ProjectFile));
        }

        return project;
    }

    /// <summary>Where the user writes the commands, the image's own certificates and files are his unless he says otherwise.</summary>
    private MachineAccess Access()
    {
        var isConvention = task.Stages.Length == 0 && task.Artifacts.Length == 0;
        bool IsOn(string value) => value.Equals("true", StringComparison.OrdinalIgnoreCase) || (value.Length == 0 && isConvention);
        return new MachineAccess
        {
            Files =
            [
                .. IsOn(task.HostCertificates) ? MachineAccessReader.Certificates() : [],
                .. IsOn(task.HostCredentials) ? MachineAccessReader.GoProxies() : [],
            ],
            Secrets = IsOn(task.HostCredentials) ? [.. new MachineAccessReader(secrets).Go()] : [],
        };
    }

    private GoModule GoModule() => new()
    {
        Directory = Path.TrimEndingDirectorySeparator(task.ProjectDirectory),
        Package = task.GoPackage.Length == 0 ? "." : task.GoPackage,
        Version = NullIfEmpty(task.GoVersion),
        BuilderImage = NullIfEmpty(task.BuilderImage),
        BuildFlags = NullIfEmpty(task.GoBuildFlags),
        LdFlags = NullIfEmpty(task.GoLdFlags),
        CgoEnabled = values.Boolean("GoCgoEnabled", task.GoCgoEnabled),
    };

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;
}
