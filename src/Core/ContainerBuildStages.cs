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
    /// <param name="definition">Its context and Dockerfile are files of this machine.</param>
    /// <param name="platform">Of the image.</param>
    /// <param name="dockerfileName">What messages call the Dockerfile; null for its path.</param>
    /// <exception cref="BuildFailedException">One diagnostic per mistake, with file and line.</exception>
    public static StageSet Read(BuildDefinition definition, Platform platform, string? dockerfileName)
    {
        var options = new FrontEndOptions { BuildArgs = definition.BuildArgs, Target = platform, TargetStage = definition.Target };
        return (definition.Dockerfile, definition.Project) switch
        {
            ({ } dockerfile, null) => DockerfileFrontEnd.ReadFile(dockerfile, options with { ContextDirectory = definition.ContextDirectory, Ignore = IgnoreFile.ReadFor(definition.ContextDirectory, dockerfile) }, dockerfileName),
            (null, { } project) => MachineMounts.Add(WithInstructions(ReadProject(project, definition, options), project.Config.Instructions, definition.Target), project.Access),
            _ => throw new ArgumentException("A build definition names either a Dockerfile or a project.", nameof(definition)),
        };
    }

    private static StageSet ReadProject(ProjectDefinition project, BuildDefinition definition, FrontEndOptions options) => project switch
    {
        _ when IsGoByConvention(project) => GoConvention.Create(project, definition.ContextDirectory, options.Target, Platform.Host, definition.BuildArgs),
        { DotNet: not null } => DotNetConvention.Create(project, options.Target, Platform.Host, definition.BuildArgs),
        _ => ProjectFrontEnd.Read(project, options, definition.Target),
    };

    /// <summary>They come after the settings of the .NET SDK's properties and items, so they win.</summary>
    private static StageSet WithInstructions(StageSet set, ImageInstructionText? instructions, string? target) =>
        instructions is null ? set : set.Append(target, ImageInstructions.Read(instructions));

    /// <summary>Rules that stand before those of the ignore file: what MSBuild and the project itself write is no input of a build.</summary>
    public static IReadOnlyList<string> IgnoreRules(BuildDefinition definition) => [.. ProjectRules(definition.Project), .. OwnFiles(definition), .. ContainerBuildDockerfile.IgnoreRules(definition)];

    private static IReadOnlyList<string> ProjectRules(ProjectDefinition? project) => project switch
    {
        null => [],
        _ when IsGoByConvention(project) => GoConvention.DefaultIgnoreRules,
        { DotNet: { } application } => DotNetConvention.IgnoreRules(application),
        _ => ProjectFrontEnd.DefaultIgnoreRules,
    };

    /// <summary>What the build itself writes: as an input it would make the second build another than the first.</summary>
    private static IEnumerable<string> OwnFiles(BuildDefinition definition) => new[] { definition.LockFile, definition.ResultFile is { } result ? OwnFolder(result) : null }
        .OfType<string>()
        .Select(path => Path.GetRelativePath(definition.ContextDirectory, path))
        .Where(path => path != "." && !path.StartsWith("..", StringComparison.Ordinal));

    /// <summary>The result file stands in <c>obj/containerstages</c> unless the user names another place; <c>obj</c> is ours where nothing else is in it.</summary>
    private static string OwnFolder(string resultFile)
    {
        var folder = Path.GetDirectoryName(resultFile)!;
        var parent = Path.GetDirectoryName(folder);
        return Path.GetFileName(folder) != "containerstages" ? resultFile
            : Path.GetFileName(parent) == "obj" && !(Directory.Exists(parent) && Directory.EnumerateFileSystemEntries(parent).Any(entry => entry != folder)) ? parent!
            : folder;
    }

    private static bool IsGoByConvention(ProjectDefinition project) => project is { Go: not null, Stages.Count: 0, Artifacts.Count: 0 };
}
