using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ContainerStages.Contracts;

namespace ContainerStages.Cli;

/// <summary>
/// The part of a document that a path names: <c>.RootFS.Layers</c>, <c>$.Config.Env[0]</c>, <c>.RootFS.Layers[*]</c>. What the Docker docs
/// write as a template is understood too: <c>{{.Id}}</c>, <c>{{json .Config}}</c>, <c>{{range .RootFS.Layers}}{{println .}}{{end}}</c>.
/// </summary>
internal static partial class JsonPath
{
    /// <summary>One line per value: text as it is, lists element by element, objects as JSON.</summary>
    public static IEnumerable<string> Select(JsonNode document, string format)
    {
        var match = Template().Match(format.Trim());
        var path = match.Success ? match.Groups["path"].Value : format.Trim();
        var asJson = match.Success && match.Groups["json"].Success;
        JsonNode? node = document;
        foreach (Match step in Steps(path))
        {
            node = step.Groups["name"] is { Success: true } name ? Member(node, name.Value, path)
                : step.Groups["index"].Value == "*" ? node
                : node is JsonArray array && int.TryParse(step.Groups["index"].Value, out var index) && index < array.Count ? array[index]
                : throw new UsageException($"--format {format}: there is no element [{step.Groups["index"].Value}].");
        }

        return node is JsonArray list && !asJson ? list.Select(Line) : [asJson ? node?.ToJsonString() ?? "null" : Line(node)];
    }

    private static IEnumerable<Match> Steps(string path)
    {
        var rest = path.StartsWith('$') ? path[1..] : path;
        var steps = Step().Matches(rest);
        return rest.Length > 0 && steps.Sum(step => step.Length) == rest.Length ? steps
            : rest is "" or "." ? []
            : throw new UsageException(
                $"--format '{path}' is not understood: a path such as .RootFS.Layers or {{{{.Config.Cmd}}}} is expected.");
    }

    private static JsonNode? Member(JsonNode? node, string name, string path)
    {
        if (node is not JsonObject members)
        {
            throw new UsageException($"--format {path}: '{name}' was asked of a value that has no members.");
        }

        return members.TryGetPropertyValue(name, out var found)
            ? found
            : throw new UsageException(
                $"--format {path}: there is no '{name}'.{NearestName.Suggest(name, members.Select(member => member.Key))} There are " +
                $"{string.Join(", ", members.Select(member => member.Key))}.");
    }

    private static string Line(JsonNode? node) => node switch
    {
        null => "",
        JsonValue value when value.TryGetValue<string>(out var text) => text,
        _ => node.ToJsonString(),
    };

    [GeneratedRegex(
        @"^\{\{\s*(?:(?<json>json)\s+|range\s+)?(?<path>\.[^}\s]*)\s*\}\}(?:\{\{\s*(?:println\s+)?\.\s*\}\}.*\{\{\s*end\s*\}\})?$",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Template();

    [GeneratedRegex(@"\.(?<name>[A-Za-z0-9_]+)|\[(?<index>\d+|\*)\]", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Step();
}
