using ContainerStages.Contracts;

namespace ContainerStages.Diagnostics;

/// <summary>
/// CST11xx and CST151x: what can be wrong with a project file, as the engine program reads it, and with the module it stands in.
/// </summary>
internal static class ProjectDiagnostics
{
    public static Diagnostic NothingToBuild(SourceLocation project) =>
        Error(
            "CST1101",
            "The project names nothing to build. Add a ContainerStage item, name a file in ContainerStagesDockerfile, or " +
            "place the project beside a go.mod.",
            project);

    public static Diagnostic StageWithoutFrom(string stage, SourceLocation location) =>
        Error("CST1102", $"ContainerStage '{stage}' has no From; name an image, another stage, or scratch.", location);

    public static Diagnostic ProjectNotBuilt(string from, SourceLocation location) =>
        Error(
            "CST1103",
            $"From '{from}' names a project, and only MSBuild builds projects: use dotnet publish -p:PublishContainer=true, or name " +
            "the image that the project makes.",
            location);

    public static Diagnostic ArtifactWithoutStage(string source, SourceLocation location) =>
        Error(
            "CST1104",
            $"ContainerStageArtifact '{source}' has no From, and the project has no ContainerStage to take it from.",
            location);

    public static Diagnostic ArtifactWithoutDestination(string source, SourceLocation location) =>
        Error("CST1105", $"ContainerStageArtifact '{source}' has no Destination; name its path in the image.", location);

    public static Diagnostic GoModMissing(string directory, SourceLocation location) =>
        Error(
            "CST1110",
            $"There is no go.mod in '{directory}'. Run 'go mod init NAME' there, or name stages with ContainerStage items.",
            location);

    public static Diagnostic GoModUnreadable(string name, string reason, SourceLocation location) =>
        Error("CST1111", $"{name} cannot be read: {reason}", location);

    public static Diagnostic GoModWithoutModule(SourceLocation location) =>
        Error("CST1112", "go.mod has no module line. Add 'module NAME' as its first line.", location);

    public static Diagnostic GoModLine(string problem, SourceLocation location) =>
        Error("CST1113", problem, location);

    public static Diagnostic GoVersionInvalid(string version, SourceLocation location) =>
        Error("CST1114", $"'{version}' is not a version of Go; write for example 1.22 or 1.22.3.", location);

    public static Diagnostic GoModuleOutsideContext(string module, string context, SourceLocation location) =>
        Error(
            "CST1115",
            $"The Go module '{module}' lies outside the build context '{context}'. Set " +
            "ContainerStagesContextDirectory to a folder that holds it.",
            location);

    /// <param name="problem">Which folder, and why the builder does not see it; a whole sentence.</param>
    /// <param name="suggested">A folder that holds both, or null where another path is needed first.</param>
    /// <param name="location">Where the folder is named.</param>
    public static Diagnostic GoFolderUnseen(string problem, string? suggested, SourceLocation location) =>
        Error(
            "CST1510",
            $"{problem} Set ContainerStagesContextDirectory to a folder that holds both{(suggested is null ? "." : $": {suggested}")}",
            location);

    public static Diagnostic GoProgramNameInvalid(string name, SourceLocation location) =>
        Error("CST1116", $"'{name}' cannot name the program: a name is not blank, '.' or '..', and holds no '/'.", location);

    public static Diagnostic GoFlagsInvalid(string property, string value, SourceLocation location) =>
        Error("CST1117", $"{property} '{value}' has a quote that is not closed.", location);

    public static Diagnostic NoImageInstruction(string property, string keyword, SourceLocation location) =>
        Error(
            "CST1118",
            $"{property} cannot hold {keyword}: only HEALTHCHECK, VOLUME, STOPSIGNAL, LABEL, ENV, EXPOSE, USER, ENTRYPOINT, CMD, SHELL, " +
            "ONBUILD and MAINTAINER, which change no file. "
                + (keyword == "WORKDIR" ? "Set ContainerWorkingDirectory." : "Write it in the Steps of a ContainerStage item."),
            location);

    private static Diagnostic Error(string code, string message, SourceLocation location) => new(code, Severity.Error, message, location);
}
