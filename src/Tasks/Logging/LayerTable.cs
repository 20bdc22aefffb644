using System.Text.Json;
using ContainerStages.Contracts;

namespace ContainerStages.Tasks.Logging;

/// <summary>
/// The layers of an image, lowest first, each with the instruction that made it and its size as it travels to a registry.
/// </summary>
public static class LayerTable
{
    /// <param name="manifest">An image manifest as JSON text. Source: OCI image-spec, manifest.md.</param>
    /// <param name="configuration">Its configuration as JSON text. Source: OCI image-spec, config.md.</param>
    public static IReadOnlyList<(string Title, string Size)> Read(string manifest, string configuration)
    {
        using var layers = JsonDocument.Parse(manifest);
        using var config = JsonDocument.Parse(configuration);
        var titles = Titles(config.RootElement);
        var descriptors = layers.RootElement.GetProperty("layers").EnumerateArray().ToList();

        // Not every builder writes a history, and none has to write all of it.
        var hasTitles = titles.Count == descriptors.Count;
        return [.. descriptors.Select((layer, i) =>
            (hasTitles ? titles[i] : layer.GetProperty("digest").GetString()!, ByteSize.Format(layer.GetProperty("size").GetInt64())))];
    }

    private static List<string> Titles(JsonElement config) =>
        config.TryGetProperty("history", out var history) && history.ValueKind == JsonValueKind.Array
        ? [.. history.EnumerateArray()
            .Where(MadeALayer)
            .Select(entry => entry.TryGetProperty("created_by", out var by) ? by.GetString() ?? "" : "")]
        : [];

    private static bool MadeALayer(JsonElement entry) =>
        !(entry.TryGetProperty("empty_layer", out var empty) && empty.ValueKind == JsonValueKind.True);
}
