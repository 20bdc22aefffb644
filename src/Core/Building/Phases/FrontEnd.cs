using ContainerStages.Contracts;
using ContainerStages.Conventions;
using ContainerStages.Diagnostics;
using ContainerStages.Dockerfile;
using ContainerStages.Oci;
using ContainerStages.Stages;

namespace ContainerStages.Building;

/// <summary>The front end that a definition asks for.</summary>
internal static class FrontEnd
{
    /// <param name="source">Its context and Dockerfile are files of this machine.</param>
    /// <param name="platform">Of the image.</param>
    /// <param name="dockerfileName">What messages call the Dockerfile; null for its path.</param>
    /// <exception cref="BuildFailedException">One diagnostic per mistake, with file and line.</exception>
    public static StageSet Read(BuildSource source, Platform platform, string? dockerfileName)
    {
        var options = new FrontEndOptions { BuildArgs = source.BuildArgs, Target = platform, TargetStage = source.Target };
        return (source.Dockerfile, source.Project) switch
        {
            ({ } dockerfile, null) =>
                DockerfileFrontEnd.ReadFile(dockerfile, options with
                {
                    ContextDirectory = source.ContextDirectory,
                    Ignore = IgnoreFile.ReadFor(source.ContextDirectory, dockerfile),
                }, dockerfileName),
            (null, { } project) => MachineMounts.Add(
                WithInstructions(ReadProject(project, source, options), project.Config.Instructions, source.Target), project.Access),
            _ => throw new ArgumentException("A build definition names either a Dockerfile or a project.", nameof(source)),
        };
    }

    private static StageSet ReadProject(ProjectDefinition project, BuildSource source, FrontEndOptions options) => project switch
    {
        _ when IsGoByConvention(project) =>
            GoConvention.Create(project, source.ContextDirectory, options.Target, Platform.Host, source.BuildArgs),
        { DotNet: not null } => DotNetConvention.Create(project, options.Target, Platform.Host, source.BuildArgs),
        _ => ProjectFrontEnd.Read(project, options, source.Target),
    };

    /// <summary>They come after the settings of the .NET SDK's properties and items, so they win.</summary>
    private static StageSet WithInstructions(StageSet set, ImageInstructionText? instructions, string? target) =>
        instructions is null ? set : set.Append(target, ImageInstructions.Read(instructions));

    /// <summary>True for a Go module whose project names no stage.</summary>
    public static bool IsGoByConvention(ProjectDefinition project) => project is { Go: not null, Stages.Count: 0, Artifacts.Count: 0 };
}
