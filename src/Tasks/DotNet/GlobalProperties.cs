using Microsoft.Build.Framework;

namespace ContainerStages.Tasks.DotNet;

/// <summary>Which of the properties given on the command line a publish in a builder gets too.</summary>
internal static class GlobalProperties
{
    // What says where this machine writes, what it restores, and what becomes of the image.
    private static readonly string[] Names =
    [
        "PublishContainer", "PublishProfile", "WebPublishMethod", "DeployOnBuild", "PublishDir", "OutputPath", "OutDir",
        "RuntimeIdentifier", "RuntimeIdentifiers",
        "TargetFramework", "Configuration", "NoBuild", "BaseIntermediateOutputPath", "IntermediateOutputPath",
        "MSBuildProjectExtensionsPath", "BaseOutputPath",
        "ArtifactsPath", "NuGetInteractive", "DesignTimeBuild", "CurrentSolutionConfigurationContents", "BuildingSolutionFile",
        "EnableSdkContainerSupport", "LocalRegistry", "RegistryUrl", "PublishImageTag",
        "AutoGenerateImageTag", "ExcludeRestorePackageImports", "IsGraphBuild", "UsingContainerStagesSdk",
    ];

    private static readonly string[] Prefixes =
        ["Container", "Go", "_", "MSBuild", "Restore", "NuGet", "Solution", "BuildingInside", "DOTNET_", "VisualStudio"];

    private static readonly string[] OfTheSolution = ["SolutionDir", "SolutionExt", "SolutionFileName", "SolutionName", "SolutionPath"];

    private static readonly string[] SecretWords = ["password", "passwd", "secret", "token", "apikey", "credential"];

    /// <summary>All of them.</summary>
    public static IReadOnlyDictionary<string, string> Of(IBuildEngine engine) =>
        engine is IBuildEngine6 global ? global.GetGlobalProperties() : new Dictionary<string, string>(StringComparer.Ordinal);

    public static IEnumerable<KeyValuePair<string, string>> Flowing(IReadOnlyDictionary<string, string> global) =>
        global.Where(property => Flows(property.Key));

    /// <summary>What a solution says of itself, where a project file uses it; nothing where a project is published alone.</summary>
    public static IEnumerable<KeyValuePair<string, string>> OfSolution(
        IReadOnlyDictionary<string, string> global, IEnumerable<string> projectFiles) =>
        global.ContainsKey("SolutionDir")
            && projectFiles.Any(file => File.ReadAllText(file).Contains("$(Solution", StringComparison.OrdinalIgnoreCase))
            ? global.Where(property => OfTheSolution.Contains(property.Key, StringComparer.OrdinalIgnoreCase))
            : [];

    /// <summary>The value given on the command line; empty where none is.</summary>
    public static string Value(IBuildEngine engine, string name) =>
        engine is IBuildEngine6 global && global.GetGlobalProperties().TryGetValue(name, out var value) ? value : "";

    /// <summary>
    /// True for a name that says its value is to be kept. MSBuild takes properties from the environment too, and that is how such a one
    /// travels.
    /// </summary>
    public static bool IsSecret(string name) => SecretWords.Any(word => name.Contains(word, StringComparison.OrdinalIgnoreCase));

    private static bool Flows(string name) =>
        !Names.Contains(name, StringComparer.OrdinalIgnoreCase)
            && !Prefixes.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));

    /// <summary>Paths of this machine inside the context become paths of the builder.</summary>
    public static string Translate(string value, string context, string folder) =>
        context == "/" ? value : value.Replace(context + "/", folder + "/", StringComparison.Ordinal);
}
