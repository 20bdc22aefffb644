using ContainerStages.Contracts;
using ContainerStages.Tasks.DotNet;
using ContainerStages.Tasks.Engine;
using ContainerStages.Tasks.Logging;
using ContainerStages.Tasks.Project;
using Microsoft.Build.Framework;

namespace ContainerStages.Tasks.Definition;

internal interface ISourceItems : IPlatformItems, IContextItems, IProjectReaderItems, IDotNetItems
{
    string Dockerfile { get; }

    string Target { get; }

    ITaskItem[] BuildArgs { get; }

    /// <summary>Images of other projects: the project's full path, metadata Image with name and digest.</summary>
    ITaskItem[] ProjectImages { get; }
}

/// <summary>Reads what is built: a Dockerfile, or the stages of the project, and what they may read.</summary>
internal sealed class SourceReader(
    ISourceItems task,
    ProblemList problems,
    ProjectFiles files,
    ValueReader values,
    EngineSecrets secrets)
{
    /// <summary>True for a .NET project without stages.</summary>
    public static bool IsDotNet(ISourceItems task) => task is { DotNetProject.Length: > 0, Dockerfile: "" };

    public BuildSource Read(IReadOnlyList<RequestedPlatform> platforms)
    {
        var dockerfile = Dockerfile();
        var images = new ProjectImageList(task.ProjectImages);
        var dotNet = IsDotNet(task) ? new DotNetReader(task, problems, secrets).Read(platforms) : null;
        var project = new ProjectReader(task, problems, files, values, secrets);
        return new BuildSource
        {
            Dockerfile = dockerfile,
            Project = dockerfile is null ? project.Read(images, dotNet) : null,
            ContextDirectory = dotNet?.ContextDirectory ?? ContextDirectory(),
            // What a convention reads is known, and no log is among it.
            OwnOutput = dotNet is not null || (dockerfile is null && project.IsGoByConvention)
                ? OwnOutput.OfAllFiles()
                : OwnOutput.OfStreams(),
            Target = task.Target.Length == 0 ? null : task.Target,
            Platforms = [.. platforms.Select(platform => platform.Name)],
            BuildArgs = BuildArgs(),
            BuildContexts = new ContextReader(task, problems, files, images).Read(),
        };
    }

    private string? Dockerfile()
    {
        if (task.Dockerfile.Length == 0)
        {
            return null;
        }

        var path = task.FullPath(task.Dockerfile);
        if (!File.Exists(path))
        {
            problems.Add(ProjectDiagnostics.DockerfileNotFound(path, task.ProjectFile));
        }

        foreach (var (name, instead, isSet) in DockerfileConflicts.Of(task))
        {
            if (isSet)
            {
                problems.Add(ProjectDiagnostics.NotWithDockerfile(name, instead, task.ProjectFile));
            }
        }

        return path;
    }

    private string ContextDirectory()
    {
        var path = task.ContextDirectory.Length == 0 ? task.ProjectDirectory : task.FullPath(task.ContextDirectory);
        if (!Directory.Exists(path))
        {
            problems.Add(ProjectDiagnostics.ContextNotFound(path, task.ProjectFile));
        }

        return Path.TrimEndingDirectorySeparator(path);
    }

    /// <summary>
    /// As <c>--build-arg NAME</c> does, an argument without a value takes the environment variable of its name, and is left out when there
    /// is none.
    /// </summary>
    private Dictionary<string, string> BuildArgs()
    {
        var arguments = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var item in task.BuildArgs)
        {
            if (item.MetadataNames.Cast<string>().Contains("Value", StringComparer.OrdinalIgnoreCase))
            {
                arguments[item.ItemSpec] = item.GetMetadata("Value");
            }
            else if (Environment.GetEnvironmentVariable(item.ItemSpec) is { } value)
            {
                arguments[item.ItemSpec] = value;
            }
        }

        return arguments;
    }
}

/// <summary>Items and properties that configure an image and that a Dockerfile says itself.</summary>
internal static class DockerfileConflicts
{
    public static IEnumerable<(string Name, string Instead, bool IsSet)> Of(ISourceItems task) =>
    [
        ("ContainerStage", "Name either a Dockerfile or stages.", task.Stages.Length > 0),
        ("ContainerStageArtifact", "Write COPY --from in the Dockerfile.", task.Artifacts.Length > 0),
        ("ContainerBaseImage", "Write FROM in the Dockerfile, or an ARG before it " +
            "and a ContainerStageBuildArg.", task.BaseImage.Length > 0),
        ("ContainerStagesKit", "Copy the files in the Dockerfile.", task.Kit.Length > 0),
        ("ContainerStageCertificate", "Copy the files in the Dockerfile.", task.Certificates.Length > 0),
        ("ContainerEntrypoint", "Write ENTRYPOINT in the Dockerfile.", task.Entrypoint.Length > 0 || task.EntrypointArgs.Length > 0),
        ("ContainerAppCommand", "Write ENTRYPOINT in the Dockerfile.", task.AppCommand.Length > 0 || task.AppCommandArgs.Length > 0),
        ("ContainerDefaultArgs", "Write CMD in the Dockerfile.", task.DefaultArgs.Length > 0),
        ("ContainerUser", "Write USER in the Dockerfile.", task.User.Length > 0),
        ("ContainerWorkingDirectory", "Write WORKDIR in the Dockerfile.", task.WorkingDirectory.Length > 0),
        ("ContainerPort", "Write EXPOSE in the Dockerfile.", task.Ports.Length > 0),
        ("ContainerEnvironmentVariable", "Write ENV in the Dockerfile.", task.EnvironmentVariables.Length > 0),
        (ImageConfigReader.InstructionsName, "Write the instructions in the Dockerfile.", !string.IsNullOrWhiteSpace(
            task.ImageInstructions)),
    ];
}
