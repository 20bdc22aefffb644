using ContainerStages.Contracts;

namespace ContainerStages.Tasks.DotNet;

/// <summary>CST15xx: what the task finds wrong with a .NET project that is to be built by convention.</summary>
internal static class DotNetDiagnostics
{
    public static Diagnostic NoImageFor(string framework, string project) => Error("CST1501",
        $"No container image runs the target framework '{framework}'. Valid: net6.0 and later without a platform (not net10.0-windows). Choose one with -f where the project has several, or add ContainerStage items.", project);

    public static Diagnostic NotRestored(string file, string project) => Error("CST1502",
        $"The project is not restored: '{file}' is not there or cannot be read. Run 'dotnet restore', or publish without --no-restore.", project);

    public static Diagnostic OutsideContext(string path, string context, string project) => Error("CST1503",
        $"The build needs '{path}', which lies outside the build context '{context}'. Set ContainerStagesContextDirectory to a folder that holds it, or remove the property: then the folder that holds everything is taken.", project);

    public static Diagnostic SettingsUnreadable(string reason, SourceLocation location) => new("CST1504", Severity.Error, $"NuGet's settings cannot be read: {reason}", location);

    public static Diagnostic UnknownBuilder(string builder, string project) => Error("CST1505",
        $"ContainerStagesBuilder '{builder}' is unknown. Valid: container (a builder stage publishes), host (this machine publishes), sdk (the .NET SDK makes the image).", project);

    public static Diagnostic NotAnApplication(string outputType, string project) => Error("CST1506",
        $"The project's OutputType is '{outputType}', and an image is made of a program. Set OutputType to Exe, or IsPublishable to false.", project);

    private static Diagnostic Error(string code, string message, string project) => new(code, Severity.Error, message, new SourceLocation(project));
}
