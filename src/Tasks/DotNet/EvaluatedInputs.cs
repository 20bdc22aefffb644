using ContainerStages.Tasks.Project;
using Microsoft.Build.Definition;
using Microsoft.Build.Evaluation;
using Microsoft.Build.Evaluation.Context;
using Microsoft.Build.Exceptions;

namespace ContainerStages.Tasks.DotNet;

/// <summary>
/// What only the evaluation of projects knows of their files: imports and items whose paths are made of properties, properties that name
/// files, and projects that a restore does not follow (a reference to an analyzer). What lies in packages, in the .NET SDK and in
/// <c>obj</c> is none of it.
/// </summary>
internal sealed class EvaluatedInputs
{
    private const ProjectLoadSettings Settings = ProjectLoadSettings.IgnoreMissingImports
        | ProjectLoadSettings.IgnoreEmptyImports
        | ProjectLoadSettings.IgnoreInvalidImports
        | ProjectLoadSettings.DoNotEvaluateElementsWithFalseCondition;

    private static readonly string[] FileProperties =
    [
        "AssemblyOriginatorKeyFile", "CodeAnalysisRuleSet", "ApplicationIcon", "ApplicationManifest", "Win32Resource", "Win32Manifest",
        "NuGetLockFilePath", "RunSettingsFilePath",
    ];

    private static readonly string[] FileMetadata = ["HintPath", "ProtoRoot", "AdditionalImportDirs"];
    private static readonly string[] FoldersOfOthers =
    [
        "NetCoreRoot", "DOTNET_HOST_PATH", "MSBuildExtensionsPath", "MSBuildUserExtensionsPath", "MSBuildToolsPath",
        "MSBuildProjectExtensionsPath", "NuGetPackageRoot",
    ];

    private readonly SortedSet<string> projects = new(StringComparer.Ordinal);
    private readonly SortedSet<string> imports = new(StringComparer.Ordinal);
    private readonly SortedSet<string> files = new(StringComparer.Ordinal);
    private readonly SortedSet<string> components = new(StringComparer.Ordinal);

    /// <summary>Every project that takes part; absolute.</summary>
    public IReadOnlyCollection<string> Projects => projects;

    /// <summary>Imported files; absolute.</summary>
    public IReadOnlyCollection<string> Imports => imports;

    /// <summary>Files and folders outside the folder of the project that names them; absolute.</summary>
    public IReadOnlyCollection<string> Files => files;

    /// <summary>
    /// One component (<c>.razor</c>) of each project that has any, by its absolute path: a restore in which there is none leaves out the
    /// scripts of Blazor. Source: ResolveRequiredWebAssets in Microsoft.NET.Sdk.Web.ProjectSystem.targets.
    /// </summary>
    public IReadOnlyCollection<string> Components => components;

    /// <param name="graph">The projects of the restore.</param>
    /// <param name="global">Global properties of this build.</param>
    public static EvaluatedInputs Read(RestoreGraph graph, IReadOnlyDictionary<string, string> global)
    {
        var inputs = new EvaluatedInputs();
        using var collection = new ProjectCollection();
        var context = EvaluationContext.Create(EvaluationContext.SharingPolicy.Shared);
        var waiting = new Queue<string>(graph.Projects);
        while (waiting.TryDequeue(out var project))
        {
            if (!inputs.projects.Add(project))
            {
                continue;
            }

            foreach (var framework in graph.FrameworksOf(project))
            {
                var options = new ProjectOptions
                {
                    ProjectCollection = collection,
                    EvaluationContext = context,
                    LoadSettings = Settings,
                    GlobalProperties = Properties(global, framework),
                };
                foreach (var other in inputs.Add(project, options))
                {
                    waiting.Enqueue(other);
                }
            }
        }

        return inputs;
    }

    /// <returns>The projects that it refers to.</returns>
    private string[] Add(string file, ProjectOptions options)
    {
        Microsoft.Build.Evaluation.Project project;
        try
        {
            project = Microsoft.Build.Evaluation.Project.FromFile(file, options);
        }
        catch (InvalidProjectFileException)
        {
            // The restore took it, so it is one that only another evaluation knows; its text was read.
            return [];
        }

        var others = new HashSet<string>(FoldersOfOthers.Select(project.GetPropertyValue).Concat(
            project.GetPropertyValue("NuGetPackageFolders").Split(';'))
            .Where(folder => folder.Length > 0).Select(
                folder => Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder, project.DirectoryPath))), StringComparer.Ordinal);
        bool IsOwn(string path) => !others.Any(folder => ProjectPaths.IsInside(path, folder));
        imports.UnionWith(project.Imports.Select(import => import.ImportedProject.FullPath).Where(IsOwn));
        files.UnionWith(project.Items.SelectMany(item => Paths(item, project.DirectoryPath)).Where(IsOwn));
        files.UnionWith(FileProperties.Select(project.GetPropertyValue)
            .Select(value => Outside(value, project.DirectoryPath))
            .OfType<string>()
            .Where(File.Exists));
        components.UnionWith(project.GetItems("Content").Select(item => Full(item.EvaluatedInclude, project.DirectoryPath))
            .Where(path => path.EndsWith(".razor", StringComparison.OrdinalIgnoreCase)).Order(StringComparer.Ordinal).Take(1));
        return [.. project.GetItems("ProjectReference")
            .Select(item => Full(item.EvaluatedInclude, project.DirectoryPath))
            .Where(File.Exists)];
    }

    private static IEnumerable<string> Paths(ProjectItem item, string folder)
    {
        if (item.ItemType != "ProjectReference"
            && Outside(item.EvaluatedInclude, folder) is { } file
            && File.Exists(file)
            && !IsStyleFile(file))
        {
            yield return file;
        }

        foreach (var path in FileMetadata.Where(item.HasMetadata)
            .SelectMany(name => item.GetMetadataValue(name).Split(';'))
            .Select(value => Outside(value, folder))
            .OfType<string>())
        {
            if (File.Exists(path) || Directory.Exists(path))
            {
                yield return path;
            }
        }
    }

    /// <summary>The absolute path, or null for one below the folder and for what is no path.</summary>
    private static string? Outside(string value, string folder) =>
        value.Length > 0
            && (value[0] is '/' or '.' || value.Contains("..", StringComparison.Ordinal))
            && Full(value, folder) is var path
            && !ProjectPaths.IsInside(path, folder)
            ? path
            : null;

    private static string Full(string path, string folder) =>
        Path.TrimEndingDirectorySeparator(Path.GetFullPath(path.Trim().Replace('\\', '/'), folder));

    // Those of every folder above, up to the top of this machine.
    private static bool IsStyleFile(string file) => Path.GetFileName(file) is ".editorconfig" or ".globalconfig";

    private static Dictionary<string, string> Properties(IReadOnlyDictionary<string, string> global, string? framework)
    {
        var properties = new Dictionary<string, string>(global, StringComparer.OrdinalIgnoreCase);
        properties.Remove("TargetFramework");
        if (framework is not null)
        {
            properties["TargetFramework"] = framework;
        }

        return properties;
    }
}
