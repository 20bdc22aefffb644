using System.Text.Json;

namespace ContainerStages.TestKit;

/// <summary>What others publish to check documents by: tests/Schemas, installed once per run by build/schemas.sh.</summary>
public static class PublishedSchemas
{
    private static readonly Lazy<Task> Installed = new(() => RealTool.RunAsync("bash", Repository.PathOf("build", "schemas.sh")));

    /// <summary>What is wrong with the files, by a script of tests/Schemas.</summary>
    public static async Task<IReadOnlyList<string>> CheckAsync(string script, params string[] files)
    {
        await Installed.Value;
        var output = await RealTool.RunAsync("node", [Repository.PathOf("artifacts", "schemas", script), .. files]);
        return JsonSerializer.Deserialize<string[]>(output)!;
    }
}
