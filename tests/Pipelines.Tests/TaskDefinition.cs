using System.Text.Json;
using ContainerStages.TestKit;

namespace ContainerStages.Pipelines.Tests;

/// <summary>What a task.json says that is tested.</summary>
internal sealed record TaskDefinition(JsonElement Json)
{
    public string MinimumAgentVersion => Json.GetProperty("minimumAgentVersion").GetString()!;

    public IReadOnlyList<string> Inputs => Names("inputs");

    public IReadOnlyList<string> Outputs => Names("outputVariables");

    public static TaskDefinition Read(string task) =>
        Parse(File.ReadAllText(Repository.PathOf("pipelines", "azure-devops", "tasks", task, $"{task}V1", "task.json")));

    public static TaskDefinition Parse(string text)
    {
        using var json = JsonDocument.Parse(text);
        return new(json.RootElement.Clone());
    }

    /// <summary>The programs that its handlers name.</summary>
    public IReadOnlyList<string> Programs =>
        [.. new[] { "execution", "postjobexecution" }.Where(name => Json.TryGetProperty(name, out _))
            .SelectMany(name => Json.GetProperty(name).EnumerateObject()).Select(
                handler => handler.Value.GetProperty("target").GetString()!).Distinct(StringComparer.Ordinal)];

    private string[] Names(string list) =>
        Json.TryGetProperty(list, out var values)
            ? [.. values.EnumerateArray().Select(value => value.GetProperty("name").GetString()!)]
            : [];
}
