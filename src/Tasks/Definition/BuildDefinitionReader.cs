using ContainerStages.Contracts;
using ContainerStages.Tasks.DotNet;
using ContainerStages.Tasks.Engine;
using ContainerStages.Tasks.Logging;
using ContainerStages.Tasks.Project;

namespace ContainerStages.Tasks.Definition;

/// <summary>
/// Turns the items and properties that a project hands to the task into a <see cref="BuildDefinition"/>, and says everything that is wrong
/// with them at once.
/// </summary>
public sealed class BuildDefinitionReader
{
    private readonly PublishContainerStages _task;
    private readonly ProblemList _problems;
    private readonly ProjectFiles _files;
    private readonly EngineSecrets _secrets;

    public BuildDefinitionReader(PublishContainerStages task, DiagnosticLog diagnostics, EngineSecrets secrets)
    {
        _secrets = secrets;
        _task = task;
        _problems = new ProblemList(diagnostics);
        _files = new ProjectFiles(task.ProjectFile);
    }

    /// <summary>The definition, or null when errors were reported.</summary>
    public BuildDefinition? Read()
    {
        RefuseUnsupportedNames();
        foreach (var unknown in UnknownNames.Find(_task.ProjectFile, _task.BuildEngine))
        {
            _problems.Add(unknown);
        }

        var values = new ValueReader(_task, _problems, _files);
        var form = new ImageFormReader(_task, _problems, _files);
        var secrets = new SecretReader(_task, _problems, _files);
        var dockerfile = Dockerfile();
        var images = new ProjectImageList(_task.ProjectImages);
        var platforms = values.Platforms();
        var dotNet = _task.DotNetProject.Length == 0 || dockerfile is not null
            ? null
            : new DotNetReader(_task, _problems, _secrets).Read(platforms);
        var names = new NameReader(_task, _problems, _files).Read(platforms.Count);
        var pull = values.Boolean("ContainerStagesPull", _task.Pull);
        var locks = new LockReader(_task, _problems, values);
        var definition = new BuildDefinition
        {
            Goal = locks.Goal,
            Policy = new BuildPolicy
            {
                LockFile = locks.File(),
                Locked = locks.Locked(),
                Offline = locks.Offline(pull),
                Store = _task.Store.Length == 0 ? null : _task.FullPath(_task.Store),
                NoCache = values.Boolean("ContainerStagesNoCache", _task.NoCache),
                Pull = pull,
                Mirrors = values.Mirrors(),
            },
            Source = new BuildSource
            {
                Dockerfile = dockerfile,
                Project = dockerfile is null ? ProjectDefinition(values, images, dotNet) : null,
                ContextDirectory = dotNet?.ContextDirectory ?? ContextDirectory(),
                // What a convention reads is known, and no log is among it.
                OwnOutput = dotNet is not null || IsGoByConvention ? OwnOutput.OfAllFiles() : OwnOutput.OfStreams(),
                Target = NullIfEmpty(_task.Target),
                Platforms = [.. platforms.Select(platform => platform.Name)],
                BuildArgs = values.BuildArgs(),
                BuildContexts = new ContextReader(_task, _problems, _files, images).Read(),
            },
            Commands = new CommandSettings
            {
                Secrets = secrets.Secrets(),
                Ssh = secrets.Agents(),
                NoNewPrivileges = values.Boolean("ContainerStagesNoNewPrivileges", _task.NoNewPrivileges),
                MaxParallelism = values.MaxParallelism(),
            },
            Metadata = new ImageMetadata
            {
                Labels = values.Pairs("ContainerLabel", _task.Labels),
                BaseDigestLabel = values.Boolean("ContainerGenerateLabelsImageBaseDigest", _task.BaseDigestLabel),
                Annotations = form.Annotations("Manifest"),
                IndexAnnotations = form.Annotations("Index"),
                DescriptorAnnotations = form.Annotations("ManifestDescriptor"),
            },
            Form = new ImageForm
            {
                SourceDateEpoch = values.SourceDateEpoch(),
                Format = values.Format(),
                FormatOfBase = dotNet is not null && _task.ImageFormat.Length == 0 && form.IsForEitherFormat && !names.Destinations.Any(IsOci),
                Compression = form.Compression,
                CompressionLevel = form.Level,
            },
            Outputs = new BuildOutputs
            {
                Tags = names.Tags,
                PlatformTags = values.Boolean("ContainerStagesPlatformTags", _task.PlatformTags) && platforms.Count > 1
                    ? [.. platforms.Select(platform => platform.RuntimeIdentifier)]
                    : [],
                Destinations = names.Destinations,
                ResultFile = _task.FullPath(_task.ResultFile),
                Export = _task.ExportFile.Length == 0
                    ? null
                    : new ExportedDockerfile(
                        _task.FullPath(_task.ExportFile),
                        values.Boolean("ContainerStagesExportOverwrite", _task.ExportOverwrite)),
            },
        };
        return _problems.HasErrors ? null : definition;
    }

    private static bool IsOci(Destination destination) => destination.Kind is DestinationKind.OciLayout or DestinationKind.OciArchive;

    private void RefuseUnsupportedNames()
    {
        foreach (var name in _task.UnsupportedNames)
        {
            var instead = NullIfEmpty(name.GetMetadata("Instead"));
            _problems.Add(ProjectDiagnostics.NotSupported(name.ItemSpec, _task.ProjectFile, instead));
        }
    }

    private string? Dockerfile()
    {
        if (_task.Dockerfile.Length == 0)
        {
            return null;
        }

        var path = _task.FullPath(_task.Dockerfile);
        if (!File.Exists(path))
        {
            _problems.Add(ProjectDiagnostics.DockerfileNotFound(path, _task.ProjectFile));
        }

        foreach (var (name, instead, isSet) in DockerfileConflicts.Of(_task))
        {
            if (isSet)
            {
                _problems.Add(ProjectDiagnostics.NotWithDockerfile(name, instead, _task.ProjectFile));
            }
        }

        return path;
    }

    private string ContextDirectory()
    {
        var path = _task.ContextDirectory.Length == 0 ? _task.ProjectDirectory : _task.FullPath(_task.ContextDirectory);
        if (!Directory.Exists(path))
        {
            _problems.Add(ProjectDiagnostics.ContextNotFound(path, _task.ProjectFile));
        }

        return Path.TrimEndingDirectorySeparator(path);
    }

    private ProjectDefinition ProjectDefinition(ValueReader values, ProjectImageList images, DotNetBuild? dotNet)
    {
        var stages = new StageReader(_problems, _files, images, _task.ProjectDirectory);
        var project = new ProjectDefinition
        {
            File = _task.ProjectFile,
            Stages = [.. _task.Stages.Select(stages.Stage)],
            Artifacts = [.. _task.Artifacts.Select(stages.Artifact)],
            BaseImage = NullIfEmpty(_task.BaseImage),
            Go = GoModule(values),
            Kit = new KitReader(_task, _problems, _files).Read(values),
            DotNet = dotNet?.Application,
            Access = dotNet?.Access ?? Access(),
            Config = new ImageConfigReader(_task, _problems, _files).Read(),
        };
        if (project.Stages.Count == 0
            && project.Artifacts.Count == 0
            && project.Go is null
            && dotNet is null
            && _task.UnsupportedNames.Length == 0)
        {
            _problems.Add(ProjectDiagnostics.NothingToBuild(_task.ProjectFile));
        }

        return project;
    }

    /// <summary>Where the user writes the commands, the image's own certificates and files are his unless he says otherwise.</summary>
    private MachineAccess Access()
    {
        var isConvention = _task.Stages.Length == 0 && _task.Artifacts.Length == 0;
        bool IsOn(string value) => value.Equals("true", StringComparison.OrdinalIgnoreCase) || (value.Length == 0 && isConvention);
        return new MachineAccess
        {
            Files = [.. IsOn(_task.HostCertificates) ? MachineAccessReader.Certificates() : [], .. IsOn(_task.HostCredentials) ? MachineAccessReader.GoProxies() : []],
            Secrets = IsOn(_task.HostCredentials) ? [.. new MachineAccessReader(_secrets).Go()] : [],
        };
    }

    private bool IsGoModule => File.Exists(Path.Combine(_task.ProjectDirectory, "go.mod"));

    private bool IsGoByConvention => IsGoModule && _task.Dockerfile.Length == 0 && _task.Stages.Length == 0 && _task.Artifacts.Length == 0;

    private GoModule? GoModule(ValueReader values) =>
        IsGoModule
            ? new GoModule
            {
                Directory = Path.TrimEndingDirectorySeparator(_task.ProjectDirectory),
                Package = _task.GoPackage.Length == 0 ? "." : _task.GoPackage,
                Version = NullIfEmpty(_task.GoVersion),
                BuilderImage = NullIfEmpty(_task.BuilderImage),
                BuildFlags = NullIfEmpty(_task.GoBuildFlags),
                LdFlags = NullIfEmpty(_task.GoLdFlags),
                CgoEnabled = values.Boolean("GoCgoEnabled", _task.GoCgoEnabled),
            }
            : null;

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;
}

/// <summary>Items and properties that configure an image and that a Dockerfile says itself.</summary>
internal static class DockerfileConflicts
{
    public static IEnumerable<(string Name, string Instead, bool IsSet)> Of(PublishContainerStages task) =>
    [
        ("ContainerStage", "Name either a Dockerfile or stages.", task.Stages.Length > 0),
        ("ContainerStageArtifact", "Write COPY --from in the Dockerfile.", task.Artifacts.Length > 0),
        ("ContainerBaseImage", "Write FROM in the Dockerfile, or an ARG before it and a ContainerStageBuildArg.", task.BaseImage.Length > 0),
        ("ContainerStagesKit", "Copy the files in the Dockerfile.", task.Kit.Length > 0),
        ("ContainerStageCertificate", "Copy the files in the Dockerfile.", task.Certificates.Length > 0),
        ("ContainerEntrypoint", "Write ENTRYPOINT in the Dockerfile.", task.Entrypoint.Length > 0 || task.EntrypointArgs.Length > 0),
        ("ContainerAppCommand", "Write ENTRYPOINT in the Dockerfile.", task.AppCommand.Length > 0 || task.AppCommandArgs.Length > 0),
        ("ContainerDefaultArgs", "Write CMD in the Dockerfile.", task.DefaultArgs.Length > 0),
        ("ContainerUser", "Write USER in the Dockerfile.", task.User.Length > 0),
        ("ContainerWorkingDirectory", "Write WORKDIR in the Dockerfile.", task.WorkingDirectory.Length > 0),
        ("ContainerPort", "Write EXPOSE in the Dockerfile.", task.Ports.Length > 0),
        ("ContainerEnvironmentVariable", "Write ENV in the Dockerfile.", task.EnvironmentVariables.Length > 0),
        (ImageConfigReader.InstructionsName, "Write the instructions in the Dockerfile.", !string.IsNullOrWhiteSpace(task.ImageInstructions)),
    ];
}

/// <summary>What a reader found wrong, told at once to the log.</summary>
internal sealed class ProblemList(DiagnosticLog log)
{
    public bool HasErrors { get; private set; }

    public void Add(Diagnostic diagnostic)
    {
        HasErrors |= diagnostic.Severity == Severity.Error;
        log.Report(diagnostic);
    }
}
