namespace ContainerStages.Tasks.Project;

/// <summary>
/// The names that begin as ours do and mean something, also those of later versions, which have an error of their own. A test holds them to
/// the golden file of public names.
/// </summary>
public static class KnownNames
{
    public static IReadOnlyList<string> Properties { get; } =
    [
        "ContainerStagesAllow", "ContainerStagesBuilder", "ContainerStagesBuilderImage", "ContainerStagesCacheFrom",
        "ContainerStagesCacheMounts", "ContainerStagesCacheTo", "ContainerStagesCompression",
        "ContainerStagesContextDirectory", "ContainerStagesDockerfile", "ContainerStagesEngine", "ContainerStagesEngineAddress",
        "ContainerStagesEngineCertificates", "ContainerStagesExportFile",
        "ContainerStagesExportOverwrite", "ContainerStagesGit", "ContainerStagesHostCertificates", "ContainerStagesHostCredentials",
        "ContainerStagesImageInstructions",
        "ContainerStagesKit", "ContainerStagesKitCertificates", "ContainerStagesKitTemporaryFolder", "ContainerStagesKitTimeZones",
        "ContainerStagesKitUsers",
        "ContainerStagesLocal", "ContainerStagesLockFile", "ContainerStagesLockedMode", "ContainerStagesMaxParallelism",
        "ContainerStagesMaxSize", "ContainerStagesNoCache",
        "ContainerStagesNoNewPrivileges", "ContainerStagesOffline", "ContainerStagesPlatformTags", "ContainerStagesProgram",
        "ContainerStagesPruneAll",
        "ContainerStagesPruneDryRun", "ContainerStagesPruneMaxSize", "ContainerStagesPruneOlderThan", "ContainerStagesPublishDependsOn",
        "ContainerStagesPull",
        "ContainerStagesReport", "ContainerStagesResultFile", "ContainerStagesRun", "ContainerStagesRunOptions",
        "ContainerStagesSandbox", "ContainerStagesSbom", "ContainerStagesStore",
        "ContainerStagesTarget", "ContainerStagesTimestamp",
    ];

    public static IReadOnlyList<string> Items { get; } =
    [
        "ContainerStage", "ContainerStageArtifact", "ContainerStageBuildArg", "ContainerStageCertificate", "ContainerStageContext",
        "ContainerStageDestination",
        "ContainerStageInput", "ContainerStageMirror", "ContainerStageSecret", "ContainerStageSsh",
    ];
}
