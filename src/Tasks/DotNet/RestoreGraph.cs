using System.Text.Json;

namespace ContainerStages.Tasks.DotNet;

/// <summary>
/// What NuGet's restore on this machine found out: every project that takes part, and the settings files that were read, the strongest
/// first.
/// </summary>
internal sealed record RestoreGraph(IReadOnlyList<string> Projects, IReadOnlyList<string> ConfigFiles)
{
    private readonly Dictionary<string, IReadOnlyList<string>> frameworks = new(StringComparer.Ordinal);

    /// <summary>Names of the packages that any of the projects asks for.</summary>
    public IReadOnlySet<string> Packages { get; private init; } = new HashSet<string>();

    /// <param name="file">The <c>*.nuget.dgspec.json</c> in obj.</param>
    /// <param name="project">The project that is published.</param>
    /// <exception cref="ProjectException">There is none, or it cannot be read.</exception>
    public static RestoreGraph Read(string file, string project)
    {
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(file));
            var projects = json.RootElement.GetProperty("projects");
            var own = projects.GetProperty(project).GetProperty("restore");
            var graph = new RestoreGraph(
                [.. projects.EnumerateObject().Select(entry => entry.Name).Where(File.Exists).Order(StringComparer.Ordinal)],
                own.TryGetProperty("configFilePaths", out var files)
                    ? [.. files.EnumerateArray().Select(path => path.GetString()!).Where(File.Exists)]
                    : [])
            {
                Packages = projects.EnumerateObject()
                    .SelectMany(entry => PackagesOf(entry.Value)).ToHashSet(StringComparer.OrdinalIgnoreCase),
            };
            foreach (var entry in projects.EnumerateObject())
            {
                graph.frameworks[entry.Name] = Frameworks(entry.Value);
            }

            return graph;
        }
        catch (Exception problem)
            when (problem is IOException
                or UnauthorizedAccessException
                or JsonException
                or KeyNotFoundException
                or InvalidOperationException)
        {
            throw new ProjectException(DotNetDiagnostics.NotRestored(file, project));
        }
    }

    /// <summary>The target frameworks that a project is evaluated with; null where it names one alone.</summary>
    public IEnumerable<string?> FrameworksOf(string project)
    {
        IReadOnlyList<string?> known = frameworks.GetValueOrDefault(project, []);
        return known.Count > 1 ? known : [null];
    }

    private static IReadOnlyList<string> Frameworks(JsonElement project) =>
        project.TryGetProperty("restore", out var restore) && restore.TryGetProperty("originalTargetFrameworks", out var names)
            ? [.. names.EnumerateArray().Select(name => name.GetString()!)]
            : [];

    private static IEnumerable<string> PackagesOf(JsonElement project) => project.TryGetProperty("frameworks", out var frameworks)
        ? frameworks.EnumerateObject()
            .SelectMany(framework => framework.Value.TryGetProperty("dependencies", out var dependencies)
                ? dependencies.EnumerateObject().Select(package => package.Name)
                : [])
        : [];
}
