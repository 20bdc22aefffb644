using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Dockerfile;
using ContainerStages.Oci;
using ContainerStages.Stages;

namespace ContainerStages;

/// <summary>The front end that a definition asks for.</summary>
internal static class ContainerBuildStages
{
    /// <exception cref="BuildFailedException">The text is no platform.</exception>
    public static Platform PlatformOf(BuildDefinition definition) => definition.Platform is { } text
        ? Platform.TryParse(text) ?? throw new BuildFailedException(PlanDiagnostics.BadPlatform(text, null))
        : Platform.Host;

    /// <exception cref="BuildFailedException">One diagnostic per mistake, with file and line.</exception>
    public static StageSet Read(BuildDefinition definition, Platform platform)
    {
        var options = new FrontEndOptions { BuildArgs = definition.BuildArgs, Target = platform };
        return (definition.Dockerfile, definition.Project) switch
        {
            ({ } dockerfile, null) => DockerfileFrontEnd.ReadFile(dockerfile, options),
            (null, { } project) => ProjectFrontEnd.Read(project, options, definition.Target),
            _ => throw new ArgumentException("A build definition names either a Dockerfile or a project.", nameof(definition)),
        };
    }
}
