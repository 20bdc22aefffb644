using ContainerStages.Contracts;
using ContainerStages.Tasks.Engine;
using ContainerStages.Tasks.Logging;
using ContainerStages.Tasks.Project;

namespace ContainerStages.Tasks.Definition;

/// <summary>All that a project hands to the task: the views of all readers.</summary>
internal interface IBuildItems : ISourceItems, IFormItems, IMetadataItems, ICommandItems, IPolicyItems, IOutputItems;

/// <summary>
/// Turns the items and properties that a project hands to the task into a <see cref="BuildDefinition"/>, a reader for each of its records,
/// and says everything that is wrong with them at once.
/// </summary>
internal sealed class BuildDefinitionReader(IBuildItems task, DiagnosticLog diagnostics, EngineSecrets secrets)
{
    private readonly ProblemList problems = new(diagnostics);

    /// <summary>The definition, or null when errors were reported.</summary>
    public BuildDefinition? Read()
    {
        RefuseUnsupportedNames();
        foreach (var unknown in UnknownNames.Find(task.ProjectFile, task.BuildEngine))
        {
            problems.Add(unknown);
        }

        var files = new ProjectFiles(task.ProjectFile);
        var values = new ValueReader(task, problems, files);
        var platforms = new PlatformReader(task, problems).Read();
        var metadata = new MetadataReader(task, problems, files, values).Read();
        var commands = new CommandReader(task, problems, files, values).Read();
        var policies = new PolicyReader(task, problems, files, values);
        var policy = policies.Read();
        var outputs = new OutputReader(task, problems, files, values).Read(platforms);
        var fitsEither = SourceReader.IsDotNet(task) && !HasAnnotations(metadata) && !outputs.Destinations.Any(IsOci);
        var form = new FormReader(task, problems).Read(fitsEither);
        var source = new SourceReader(task, problems, files, values, secrets).Read(platforms);
        var definition = new BuildDefinition
        {
            Goal = policies.Goal,
            Source = source,
            Form = form,
            Metadata = metadata,
            Commands = commands,
            Policy = policy,
            Outputs = outputs,
        };
        return problems.HasErrors ? null : definition;
    }

    private void RefuseUnsupportedNames()
    {
        foreach (var name in task.UnsupportedNames)
        {
            var instead = name.GetMetadata("Instead");
            problems.Add(ProjectDiagnostics.NotSupported(name.ItemSpec, task.ProjectFile, instead.Length == 0 ? null : instead));
        }
    }

    // Docker's format has no name for annotations.
    private static bool HasAnnotations(ImageMetadata metadata) =>
        metadata.Annotations.Count + metadata.IndexAnnotations.Count + metadata.DescriptorAnnotations.Count > 0;

    private static bool IsOci(Destination destination) => destination.Medium.Kind is MediumKind.OciLayout or MediumKind.OciArchive;
}
