using ContainerStages.Contracts;

namespace ContainerStages.Tasks;

/// <summary>Everything the task itself can find wrong with a project or a machine: one method per code.</summary>
public static class ProjectDiagnostics
{
    private const string Report = "This is a fault of ContainerStages: please report it with the trace, which -v:detailed shows.";

    public static Diagnostic PlatformNotSupported(string platform) => Error("CST1001",
        $"The embedded engine builds on Linux only, and this machine runs {platform}. Build on Linux, in WSL, or " +
        "in a Linux job of your pipeline.");

    public static Diagnostic EngineNotStarted(string program, string reason) => Error("CST1002",
        $"The engine program '{program}' cannot be started: {reason}. Restore the package ContainerStages.Sdk again, or name another " +
        "program with the property ContainerStagesProgram.");

    public static Diagnostic PruneFailed(string said) => Error("CST4604",
        $"The local store could not be pruned. {said}");

    public static Diagnostic EngineCrashed(int exitCode, string firstLine) => Error("CST1003",
        $"The engine program ended with exit code {exitCode} and said no reason{(firstLine.Length == 0 ? "." : $": {firstLine}")} " +
        $"{Report}");

    /// <param name="package">What the package speaks.</param>
    public static Diagnostic NoContract(string program, EngineStarted package, int exitCode, string firstLine) => Error("CST6331",
        $"The engine program '{program}' that ContainerStagesProgram names does not speak contract {package.Contract} of this package " +
        $"({package.Version}): it ended with exit code {exitCode}{(firstLine.Length == 0 ? "" : $" and said: {firstLine}")}. " +
        "It is older than the package, or another program. Remove ContainerStagesProgram, so that the package runs its own program, " +
        "or name the program of the package's version.");

    public static Diagnostic NothingToBuild(string project) => Error("CST1004",
        "The project names nothing to build. Add a ContainerStage item, or set ContainerStagesDockerfile, or " +
        "put the project beside a go.mod.",
        project);

    public static Diagnostic NotSupported(string name, string project, string? instead = null) => Error("CST1006",
        $"'{name}' is not supported by this version of ContainerStages. {instead ?? "Remove it from the project."}", project);

    public static Diagnostic ExpandedToNothing(string expression, string where, SourceLocation location) => Warning("CST1007",
        $"MSBuild expanded '{expression}' in {where} to nothing, because no property or item of that name exists. Write '%24(' for a " +
        "'$(' that the shell is to see ('%40(' for '@(', '%25(' for '%(').",
        location);

    public static Diagnostic StageWithoutFrom(string stage, SourceLocation location) => Error("CST1008",
        $"ContainerStage '{stage}' names no image to begin with. Add From: an image, 'scratch', or an earlier stage.", location);

    public static Diagnostic UnknownMetadata(
        string item, string name, string metadata, string valid, SourceLocation location) => Warning("CST1009",
        $"{item} '{name}' has metadata '{metadata}', which means nothing. It can have: {valid}.", location);

    public static Diagnostic ArtifactWithoutDestination(string artifact, SourceLocation location) => Error("CST1010",
        $"ContainerStageArtifact '{artifact}' names no Destination. Add the path it gets in the image.", location);

    public static Diagnostic InvalidRepository(string repository, string suggestion, string project) => Error("CST1011",
        $"ContainerRepository '{repository}' is no valid repository name: lower-case letters, digits, and single '.', '_', '-' or '/' " +
        $"between them. Valid: '{suggestion}'.",
        project);

    public static Diagnostic InvalidTag(string tag, string project) => Error("CST1012",
        $"'{tag}' is no valid image tag: up to 128 letters, digits, '.', '_' and '-', not beginning with '.' or '-'.", project);

    public static Diagnostic TwoTagProperties(string project) => Error("CST1013",
        "ContainerImageTag and ContainerImageTags are both set. Keep one: ContainerImageTags takes several, divided by ';'.", project);

    public static Diagnostic InvalidRegistry(string registry, string project) => Error("CST1014",
        $"ContainerRegistry '{registry}' is no registry: write host or host:port, without scheme and path (ghcr.io, localhost:5000).",
        project);

    public static Diagnostic UnknownName(string name, string advice, SourceLocation location) => Warning("CST1033",
        $"'{name}' is no name of ContainerStages and has no effect. {advice}", location);

    public static Diagnostic InvalidLocal(string value, string project) => Error("CST1034",
        $"ContainerStagesLocal '{value}' is not understood. Valid: auto (into Docker or Podman, whichever answers on this machine), none.",
        project);

    public static Diagnostic InvalidEngine(string value, string project) => Error("CST6410",
        $"ContainerStagesEngine '{value}' is no engine. Valid: {string.Join(", ", EngineNames.Valid)}.", project);

    public static Diagnostic InvalidSandbox(string value, string project) => Error("CST6422",
        $"ContainerStagesSandbox '{value}' is no way to run commands. Valid: {string.Join(", ", SandboxNames.Valid)}.", project);

    public static Diagnostic InvalidPort(string port, SourceLocation location) => Error("CST1015",
        $"ContainerPort '{port}' is no port: a number from 1 to 65535, with Type tcp or udp.", location);

    public static Diagnostic InvalidRuntimeIdentifier(string rid, string valid, string project) => Error("CST1016",
        $"No container platform is known for the runtime identifier '{rid}'. Valid: {valid}.", project);

    public static Diagnostic InvalidFormat(string format, string project) => Error("CST1017",
        $"ContainerImageFormat '{format}' is no image format. Valid: OCI, Docker.", project);

    public static Diagnostic InvalidLocalRegistry(string value, string project) => Error("CST3311",
        $"LocalRegistry '{value}' is no engine that an image can be loaded into. Valid: Docker, Podman.", project);

    public static Diagnostic InvalidCompression(string value, string project) => Error("CST3312",
        $"ContainerStagesCompression '{value}' is not understood. Valid: gzip, zstd, none; a level may follow, as in gzip:9 or zstd:19.",
        project);

    public static Diagnostic InvalidAnnotationScope(
        string annotation, string scope, string valid, SourceLocation location) => Error("CST3313",
        $"ContainerAnnotation '{annotation}' has the Scope '{scope}'. Valid: {valid}.", location);

    public static Diagnostic InvalidTimestamp(string name, string value, string project) => Error("CST1018",
        $"{name} '{value}' is no time: seconds since 1970 (1735689600) or an ISO 8601 time (2025-01-01T00:00:00Z).", project);

    public static Diagnostic CommandConflict(string message, string project) => Error("CST1019", message, project);

    public static Diagnostic InvalidDestination(string destination, string problem, SourceLocation location) => Error("CST1020",
        $"ContainerStageDestination '{destination}' {problem}. Valid: a registry reference (ghcr.io/acme/app:1.0), 'oci-layout:dir', " +
        "'oci-archive:file', 'docker-archive:file', 'docker-daemon:', 'podman:', 'local:dir', 'tar:file'.",
        location);

    public static Diagnostic MirrorWithoutLocation(string mirror, SourceLocation location) => Error("CST1021",
        $"ContainerStageMirror '{mirror}' names no Location: the registry that answers in its place (localhost:5000).", location);

    public static Diagnostic DockerfileNotFound(string path, string project) => Error("CST1025",
        $"ContainerStagesDockerfile: there is no file '{path}'.", project);

    public static Diagnostic ContextNotFound(string path, string project) => Error("CST1026",
        $"ContainerStagesContextDirectory: there is no folder '{path}'.", project);

    public static Diagnostic InvalidBoolean(string name, string value, string project) => Error("CST1027",
        $"{name} '{value}' is neither true nor false.", project);

    public static Diagnostic InvalidParallelism(string value, string project) => Error("CST3113",
        $"ContainerStagesMaxParallelism '{value}' is not a number of 1 or more.", project);

    public static Diagnostic InvalidAllow(string value, string project) => Error("CST1035",
        $"ContainerStagesAllow '{value}' is nothing that can be allowed. Valid: {string.Join(", ", EntitlementNames.Valid)}.", project);

    public static Diagnostic InvalidSize(string value, string project) => Error("CST6307",
        $"ContainerStagesMaxSize '{value}' is no size: a number with B, kB, MB, GB or MiB is expected, such as 25MB.", project);

    public static Diagnostic InvalidCacheMounts(string value, string project) => Error("CST6606",
        $"ContainerStagesCacheMounts '{value}' is neither true nor false nor a size such as 500MB.", project);

    public static Diagnostic InvalidReport(string file, string project) => Error("CST6503",
        $"ContainerStagesReport '{file}' names no form: a file with the extension {string.Join(", ", ReportForm.Valid)} is expected.",
        project);

    public static Diagnostic InvalidSbom(string file, string project) => Error("CST6514",
        $"ContainerStagesSbom '{file}' names no form: a file whose name ends in {string.Join(", ", SbomForm.Valid)} is expected.", project);

    public static Diagnostic Interrupted() => Error("CST1028", "The build was interrupted. Nothing was published.");

    public static Diagnostic Unforeseen(string task, Exception exception) => Error("CST1030",
        $"{task} met something that ContainerStages does not know: {exception.GetType().Name}: " +
        $"{exception.Message.ReplaceLineEndings(" ")} {Report}");

    public static Diagnostic NoAccess(string reason) =>
        Error("CST1031", $"A file or folder cannot be read or written: {reason.ReplaceLineEndings(" ")}");

    public static Diagnostic NotWithDockerfile(string name, string instead, string project) => Error("CST1029",
        $"'{name}' has no meaning beside ContainerStagesDockerfile. {instead}", project);

    public static Diagnostic SecretWithoutSource(string secret, SourceLocation location) => Error("CST1201",
        $"ContainerStageSecret '{secret}' must say where the secret is: either Path (a file) or EnvironmentVariable (a " +
        "name), never the value itself.",
        location);

    public static Diagnostic AgentWithoutSocket(string agent, SourceLocation location) => Error("CST1202",
        $"ContainerStageSsh '{agent}' names no Path, and SSH_AUTH_SOCK is not set. Start an agent, or set Path to its socket.", location);

    public static Diagnostic ProjectCycle(IEnumerable<string> projects, string project) => Error("CST1601",
        $"These projects build on each other's images in a circle: {string.Join(" -> ", projects)}. Let one of them begin with an " +
        "image that none of them makes.",
        project);

    public static Diagnostic ReferencedProjectMissing(string path, SourceLocation location) => Error("CST1602",
        $"There is no project '{path}'. A path after 'project:', and of metadata Project, begins at the folder of this project.", location);

    public static Diagnostic ProjectWithoutImage(string path, SourceLocation location) => Error("CST1603",
        $"Project '{path}' makes no image. Name ContainerStages.Sdk in it, and let IsPublishable be true.", location);

    public static Diagnostic NoLockFile(string name, string project) => Error("CST1401",
        $"{name} needs a lock file, but ContainerStagesLockFile is false. Remove it, or name a file.", project);

    public static Diagnostic NotOffline(string name, string project) => Error("CST1402",
        $"{name} asks registries, which ContainerStagesOffline=true forbids. Remove one of them.", project);

    public static Diagnostic ContextSource(string context, SourceLocation location) => Error("CST1301",
        $"ContainerStageContext '{context}' must say one thing that it stands for: Path (a folder, or an http, https or git address), " +
        "Image (a reference), OciLayout (a folder) or Project (a project file).",
        location);

    public static Diagnostic ContextPathNotFound(string context, string path, SourceLocation location) => Error("CST1302",
        $"ContainerStageContext '{context}': there is no folder '{path}'.", location);

    public static Diagnostic ContextTwice(string context, string other, SourceLocation location) => Error("CST1303",
        $"ContainerStageContext '{context}' is there twice{(context == other ? "" : $": '{other}' names the same image")}. Keep one, " +
        "or name the other differently.",
        location);

    public static Diagnostic CertificateUnreadable(string path, string reason, SourceLocation location) => Error("CST1611",
        $"ContainerStageCertificate '{path}' cannot be read: {reason}", location);

    private static Diagnostic Error(string code, string message, string? project = null) =>
        new(code, Severity.Error, message, project is null ? null : new SourceLocation(project));

    private static Diagnostic Error(string code, string message, SourceLocation location) => new(code, Severity.Error, message, location);

    private static Diagnostic Warning(string code, string message, SourceLocation location) =>
        new(code, Severity.Warning, message, location);
}
