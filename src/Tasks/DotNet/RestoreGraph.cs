using System.Text.Json;

namespace ContainerStages.Tasks.DotNet;

/// <summary>What NuGet's restore on this machine found out: every project that takes part, and the settings files that were read, the strongest first.</summary>
internal sealed record RestoreGraph(IReadOnlyList<string> Projects, IReadOnlyList<string> ConfigFiles)
{
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
            return new RestoreGraph(
                [.. projects.EnumerateObject().Select(entry => entry.Name).Where(File.Exists).Order(StringComparer.Ordinal)],
                own.TryGetProperty("configFilePaths", out var files) ? [.. files.EnumerateArray().Select(path => path.GetString()!).Where(File.Exists)] : []);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new ProjectException(DotNetDiagnostics.NotRestored(file, project));
        }
    }
}
