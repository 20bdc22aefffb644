using ContainerStages.Contracts;
using ContainerStages.Conventions;
using ContainerStages.Diagnostics;
using ContainerStages.Dockerfile;
using ContainerStages.Oci;
using ContainerStages.Stages;

namespace ContainerStages;

/// <summary>The front end that a definition asks for.</summary>
internal static class ContainerBuildStages
{
    /// <exception cref="BuildFailedException">One diagnostic per mistake, with file and line.</exception>
    public static StageSet Read(BuildDefinition definition, Platform platform)
    {
        var options = new FrontEndOptions { BuildArgs = definition.BuildArgs, Target = platform };
        return (definition.Dockerfile, definition.Project) switch
        {
            ({ } dockerfile, null) => DockerfileFrontEnd.ReadFile(dockerfile, options with { Ignore = IgnoreFile.ReadFor(definition.ContextDirectory, dockerfile) }),
            (null, { } project) when IsGoByConvention(project) => MachineMounts.Add(GoConvention.Create(project, definition.ContextDirectory, platform, Platform.Host, definition.BuildArgs), project.Access),
            (null, { DotNet: not null } project) => MachineMounts.Add(DotNetConvention.Create(project, platform, Platform.Host, definition.BuildArgs), project.Access),
            (null, { } project) => MachineMounts.Add(ProjectFrontEnd.Read(project, options, definition.Target), project.Access),
            _ => throw new ArgumentException("A build definition names either a Dockerfile or a project.", nameof(definition)),
        };
    }

    /// <summary>Rules that stand before those of the ignore file: what MSBuild and the project itself write is no input of a build.</summary>
    public static IReadOnlyList<string> IgnoreRules(BuildDefinition definition) => definition.Project switch
    {
        null => [],
        var project when IsGoByConvention(project) => GoConvention.DefaultIgnoreRules,
        { DotNet: { } application } => DotNetConvention.IgnoreRules(application),
        _ => ProjectFrontEnd.DefaultIgnoreRules,
    };

    private static bool IsGoByConvention(ProjectDefinition project) => project is { Go: not null, Stages.Count: 0, Artifacts.Count: 0 };
}
