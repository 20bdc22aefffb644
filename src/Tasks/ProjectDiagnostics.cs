using ContainerStages.Contracts;

namespace ContainerStages.Tasks;

/// <summary>Everything the task itself can find wrong with a project or a machine: one method per code.</summary>
public static class ProjectDiagnostics
{
    public static Diagnostic PlatformNotSupported(string platform) => Error("CST1001",
        $"The embedded engine builds on Linux only, and this machine runs {platform}. Build on Linux, in WSL, or in a Linux job of your pipeline.");

    public static Diagnostic EngineNotStarted(string program, string reason) => Error("CST1002",
        $"The engine program '{program}' cannot be started: {reason}. Restore the package ContainerStages.Sdk again, or name another program with the property ContainerStagesProgram.");

    public static Diagnostic PruneFailed(string said) => Error("CST4604",
        $"The local store could not be pruned. {said}");

    public static Diagnostic EngineCrashed(int exitCode, string lastLines) => Error("CST1003",
        $"The engine program ended with exit code {exitCode} and said no reason.{(lastLines.Length == 0 ? "" : Environment.NewLine + lastLines)}");

    public static Diagnostic NothingToBuild(string project) => Error("CST1004",
        "The project names nothing to build. Add a ContainerStage item, or set ContainerStagesDockerfile, or put the project beside a go.mod.", project);

    public static Diagnostic NotSupported(string name, string project, string? instead = null) => Error("CST1006",
        $"'{name}' is not supported by this version of ContainerStages. {instead ?? "Remove it from the project."}", project);

    public static Diagnostic ExpandedToNothing(string expression, SourceLocation location) => Warning("CST1007",
        $"MSBuild expanded '{expression}' in Steps to nothing, because no property or item of that name exists. Write '%24(' for a '$(' that the shell is to see ('%40(' for '@(', '%25(' for '%(').", location);

    public static Diagnostic StageWithoutFrom(string stage, SourceLocation location) => Error("CST1008",
        $"ContainerStage '{stage}' names no image to begin with. Add From: an image, 'scratch', or an earlier stage.", location);

    public static Diagnostic UnknownMetadata(string item, string name, string metadata, string valid, SourceLocation location) => Warning("CST1009",
        $"{item} '{name}' has metadata '{metadata}', which means nothing. It can have: {valid}.", location);

    public static Diagnostic ArtifactWithoutDestination(string artifact, SourceLocation location) => Error("CST1010",
        $"ContainerStageArtifact '{artifact}' names no Destination. Add the path it gets in the image.", location);

    public static Diagnostic InvalidRepository(string repository, string suggestion, string project) => Error("CST1011",
        $"ContainerRepository '{repository}' is no valid repository name: lower-case letters, digits, and single '.', '_', '-' or '/' between them. Valid: '{suggestion}'.", project);

    public static Diagnostic InvalidTag(string tag, string project) => Error("CST1012",
        $"'{tag}' is no valid image tag: up to 128 letters, digits, '.', '_' and '-', not beginning with '.' or '-'.", project);

    public static Diagnostic TwoTagProperties(string project) => Error("CST1013",
        "ContainerImageTag and ContainerImageTags are both set. Keep one: ContainerImageTags takes several, divided by ';'.", project);

    public static Diagnostic InvalidRegistry(string registry, string project) => Error("CST1014",
        $"ContainerRegistry '{registry}' is no registry: write host or host:port, without scheme and path (ghcr.io, localhost:5000).", project);

    public static Diagnostic InvalidPort(string port, SourceLocation location) => Error("CST1015",
        $"ContainerPort '{port}' is no port: a number from 1 to 65535, with Type tcp or udp.", location);

    public static Diagnostic InvalidRuntimeIdentifier(string rid, string valid, string project) => Error("CST1016",
        $"No container platform is known for the runtime identifier '{rid}'. Valid: {valid}.", project);

    public static Diagnostic InvalidFormat(string format, string project) => Error("CST1017",
        $"ContainerImageFormat '{format}' is no image format. Valid: OCI, Docker.", project);

    public static Diagnostic InvalidTimestamp(string name, string value, string project) => Error("CST1018",
        $"{name} '{value}' is no time: seconds since 1970 (1735689600) or an ISO 8601 time (2025-01-01T00:00:00Z).", project);

    public static Diagnostic CommandConflict(string message, string project) => Error("CST1019", message, project);

    public static Diagnostic InvalidDestination(string destination, string problem, SourceLocation location) => Error("CST1020",
        $"ContainerStageDestination '{destination}' {problem}. Valid: a registry reference (ghcr.io/acme/app:1.0), 'oci-layout:dir', 'oci-archive:file', 'docker-archive:file'.", location);

    public static Diagnostic MirrorWithoutLocation(string mirror, SourceLocation location) => Error("CST1021",
        $"ContainerStageMirror '{mirror}' names no Location: the registry that answers in its place (localhost:5000).", location);

    public static Diagnostic DockerfileNotFound(string path, string project) => Error("CST1025",
        $"ContainerStagesDockerfile: there is no file '{path}'.", project);

    public static Diagnostic ContextNotFound(string path, string project) => Error("CST1026",
        $"ContainerStagesContextDirectory: there is no folder '{path}'.", project);

    public static Diagnostic InvalidBoolean(string name, string value, string project) => Error("CST1027",
        $"{name} '{value}' is neither true nor false.", project);

    public static Diagnostic Interrupted() => Error("CST1028", "The build was interrupted. Nothing was published.");

    public static Diagnostic NotWithDockerfile(string name, string instead, string project) => Error("CST1029",
        $"'{name}' has no meaning beside ContainerStagesDockerfile. {instead}", project);

    public static Diagnostic SecretWithoutSource(string secret, SourceLocation location) => Error("CST1201",
        $"ContainerStageSecret '{secret}' must say where the secret is: either Path (a file) or EnvironmentVariable (a name), never the value itself.", location);

    public static Diagnostic AgentWithoutSocket(string agent, SourceLocation location) => Error("CST1202",
        $"ContainerStageSsh '{agent}' names no Path, and SSH_AUTH_SOCK is not set. Start an agent, or set Path to its socket.", location);

    private static Diagnostic Error(string code, string message, string? project = null) =>
        new(code, Severity.Error, message, project is null ? null : new SourceLocation(project));

    private static Diagnostic Error(string code, string message, SourceLocation location) => new(code, Severity.Error, message, location);

    private static Diagnostic Warning(string code, string message, SourceLocation location) => new(code, Severity.Warning, message, location);
}
