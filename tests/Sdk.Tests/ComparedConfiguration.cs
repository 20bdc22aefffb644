using System.Text.Json;

namespace ContainerStages.Sdk.Tests;

/// <summary>Configurations of the .NET SDK's images and of ours, name by name.</summary>
internal static class ComparedConfiguration
{
    private static readonly string[] Compared = ["User", "ExposedPorts", "Env", "Entrypoint", "Cmd", "WorkingDir"];

    // The time of the build would make every build another image.
    private static readonly string[] LabelsOfTheirs = ["org.opencontainers.image.created", "org.opencontainers.artifact.created"];

    /// <summary>By name, what differs.</summary>
    public static IEnumerable<(string Key, string Theirs, string Ours)> Differences(JsonElement theirs, JsonElement ours) =>
        Compared.Select(key => (Key: key, Theirs: Text(theirs, key), Ours: Text(ours, key))).Append(
            (Key: "Labels", Theirs: Labels(theirs), Ours: Labels(ours)))
            .Where(pair => pair.Theirs != pair.Ours);

    // None and an empty one mean the same; ports are a set, variables have names of their own: no order.
    private static string Text(JsonElement config, string name) => config.TryGetProperty(name, out var value)
        ? value.ValueKind switch
        {
            JsonValueKind.Object => string.Join(' ', value.EnumerateObject().Select(entry => entry.Name).Order(StringComparer.Ordinal)),
            JsonValueKind.Array when name == "Env" =>
                string.Join(' ', value.EnumerateArray().Select(entry => entry.GetString()).Order(StringComparer.Ordinal)),
            JsonValueKind.Array when value.GetArrayLength() > 0 => JsonSerializer.Serialize(value),
            JsonValueKind.String => value.GetString()!,
            _ => "",
        }
        : "";

    private static string Labels(
        JsonElement config) => config.TryGetProperty("Labels", out var labels) && labels.ValueKind == JsonValueKind.Object
        ? string.Join(", ", labels.EnumerateObject()
            .Where(label => !LabelsOfTheirs.Contains(label.Name))
            .OrderBy(label => label.Name, StringComparer.Ordinal)
            .Select(label => $"{label.Name}={label.Value}"))
        : "";
}
