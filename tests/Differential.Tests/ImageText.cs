using System.Text;
using System.Text.Json.Nodes;

namespace ContainerStages.Differential.Tests;

/// <summary>An image as text: its configuration, and the files that differ from the base's.</summary>
internal static class ImageText
{
    private static readonly string[] Compared =
    [
        "Env", "Cmd", "Entrypoint", "WorkingDir", "User", "ExposedPorts", "Volumes", "Labels", "StopSignal", "Healthcheck", "OnBuild",
        "Shell",
    ];

    private static readonly string[] Maps = ["ExposedPorts", "Volumes", "Labels"];

    /// <param name="configuration">The image configuration document.</param>
    /// <param name="layers">Opens the layers, from the base up; plain or gzip.</param>
    /// <param name="baseDiffId">Digest of the one uncompressed layer that the base image has.</param>
    public static string Of(JsonNode configuration, IEnumerable<Func<Stream>> layers, string? baseDiffId)
    {
        var text = new StringBuilder();
        AppendConfiguration(text, configuration);
        var onBase = baseDiffId is not null
            && configuration["rootfs"]?["diff_ids"]?.AsArray().FirstOrDefault()?.GetValue<string>() == baseDiffId;
        var (image, before) = (new FlatImage(), new List<string>());
        foreach (var (index, open) in layers.Index())
        {
            using var layer = open();
            image.Apply(layer);
            if (onBase && index == 0)
            {
                before.AddRange(image.Describe());
            }
        }

        AppendFiles(text, before, image.Describe());
        return text.ToString();
    }

    private static void AppendConfiguration(StringBuilder text, JsonNode configuration)
    {
        var config = configuration["config"];
        foreach (var name in Compared)
        {
            // Absent, null and empty mean the same to whoever runs the image.
            if (config?[name] is { } value
                && value is not (JsonArray { Count: 0 } or JsonObject { Count: 0 })
                && value.ToJsonString() != "\"\"")
            {
                text.Append($"{name}: {(Maps.Contains(name) ? Sorted(value.AsObject()) : value.ToJsonString())}\n");
            }
        }

        text.Append($"Author: {configuration["author"]?.GetValue<string>() ?? ""}\n");
        text.Append($"Platform: {configuration["os"]}/{configuration["architecture"]}\n");
        text.Append($"History: {configuration["history"]?.AsArray().Count ?? 0} entries\n");
    }

    private static string Sorted(JsonObject map) =>
        string.Join(' ', map.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={pair.Value?.ToJsonString()}"));

    private static void AppendFiles(StringBuilder text, IReadOnlyList<string> before, IReadOnlyList<string> after)
    {
        var known = before.ToHashSet(StringComparer.Ordinal);
        var paths = after.Select(PathOf).ToHashSet(StringComparer.Ordinal);
        foreach (var line in after.Where(line => !known.Contains(line)))
        {
            text.Append(line).Append('\n');
        }

        foreach (var gone in before.Select(PathOf).Where(path => !paths.Contains(path)))
        {
            text.Append($"{gone} is gone\n");
        }
    }

    /// <summary>Up to the type; a path may hold blanks.</summary>
    private static string PathOf(string line) =>
        line[..new[] { " file ", " folder ", " link ", " fifo ", " character-device ", " block-device " }
            .Select(kind => line.IndexOf(kind, StringComparison.Ordinal))
            .Where(index => index > 0)
            .Min()];
}
