using ContainerStages.Contracts;

namespace ContainerStages.Tasks.DotNet;

/// <summary>CST15xx: what the task finds wrong with a .NET project that is to be built by convention.</summary>
internal static class DotNetDiagnostics
{
    public static Diagnostic NoImageFor(string framework, string project) => Error("CST1501",
        $"No container image runs the target framework '{framework}'. Valid: net6.0 and later without a platform (not net10.0-windows). " +
        "Choose one with -f where the project has several, or add ContainerStage items.",
        project);

    public static Diagnostic NotRestored(string file, string project) => Error("CST1502",
        $"The project is not restored: '{file}' is not there or cannot be read. Run 'dotnet restore', or publish without --no-restore.",
        project);

    public static Diagnostic OutsideContext(string path, string context, string project) => Error("CST1503",
        $"The build needs '{path}', which lies outside the build context '{context}'. Set ContainerStagesContextDirectory to a folder " +
        "that holds it, or remove the property: then the folder that holds everything is taken.",
        project);

    public static Diagnostic FarFromProject(string path, string project) => Error("CST6321",
        $"The build needs '{path}', which shares no folder with the project but /, and is no text that the builder could be given alone. " +
        "Put it into a folder beside the project, or set ContainerStagesBuilder to host.",
        project);

    public static Diagnostic SettingsUnreadable(string reason, SourceLocation location) =>
        new("CST1504", Severity.Error, $"NuGet's settings cannot be read: {reason}", location);

    public static Diagnostic UnknownBuilder(string builder, string project) => Error("CST1505",
        $"ContainerStagesBuilder '{builder}' is unknown. Valid: container (a builder stage publishes), host (this machine publishes), " +
        "sdk (the .NET SDK makes the image).",
        project);

    public static Diagnostic NotAnApplication(string outputType, string project) => Error("CST1506",
        $"The project's OutputType is '{outputType}', and an image is made of a program. Set OutputType to Exe, or IsPublishable to false.",
        project);

    public static Diagnostic UnknownGitOption(string value, string project) => Error("CST1520",
        $"ContainerStagesGit '{value}' is unknown. Valid: auto (the builder sees the repository where the build reads it), true, false.",
        project);

    public static Diagnostic NoRepository(string project) => Error("CST1521",
        "ContainerStagesGit is true, and no git repository holds the project: none of the folders above it has a .git that is one. " +
        "Remove the property, or publish from a clone.",
        project);

    public static Diagnostic PublishFolderUnused(string folder, string project) => Warning("CST1511",
        $"Nothing is written to '{folder}' (-o, PublishDir): a builder stage publishes, and its files are in the image. Set " +
        "ContainerStagesBuilder to host to publish there and make the image of that.",
        project);

    public static Diagnostic NoBuildUnused(string project) => Warning("CST1512",
        "--no-build has no effect: a builder stage compiles, from the sources and not from what was built here. Set " +
        "ContainerStagesBuilder to host to make the image of what was built here, or remove the switch.",
        project);

    private static Diagnostic Warning(string code, string message, string project) =>
        new(code, Severity.Warning, message, new SourceLocation(project));

    private static Diagnostic Error(string code, string message, string project) =>
        new(code, Severity.Error, message, new SourceLocation(project));
}
