using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using ContainerStages.Cli.Verbs;
using ContainerStages.Contracts;
using ContainerStages.Images;

namespace ContainerStages.Cli;

/// <summary>An image as JSON, with the members that <c>docker image inspect</c> has.</summary>
internal static class ImageDocument
{
    public static JsonObject Summary(NamedImage named, Image image) => new()
    {
        ["Repository"] = ImagesVerb.RepositoryOf(named.Name),
        ["Tag"] = named.Name.Tag,
        ["ID"] = image.Manifest.Config.Digest.ToString(),
        ["Digest"] = image.Digest.ToString(),
        ["CreatedAt"] = image.Config.Created,
        ["StoredAt"] = named.Stored?.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
        ["Size"] = ByteSize.Format(image.Size),
        ["Bytes"] = image.Size,
        ["Layers"] = image.Layers.Length,
    };

    public static JsonObject Create(Image image, IEnumerable<string> names)
    {
        var config = JsonNode.Parse(image.ConfigBytes.Span)!.AsObject();
        return new JsonObject
        {
            ["Id"] = image.Manifest.Config.Digest.ToString(),
            ["RepoTags"] = new JsonArray([.. names.Select(name => JsonValue.Create(name))]),
            ["Digest"] = image.Digest.ToString(),
            ["MediaType"] = image.MediaType,
            ["Created"] = image.Config.Created,
            ["Author"] = image.Config.Author,
            ["Architecture"] = image.Config.Architecture,
            ["Variant"] = image.Config.Variant,
            ["Os"] = image.Config.Os,
            ["Size"] = image.Size,
            ["CompressedSize"] = image.Layers.Sum(layer => layer.Layer.Descriptor.Size),
            ["Config"] = config["config"]?.DeepClone(),
            ["RootFS"] = new JsonObject
            {
                ["Type"] = "layers",
                ["Layers"] = new JsonArray([.. image.Config.RootFs.DiffIds.Select(diffId => JsonValue.Create(diffId.ToString()))]),
            },
            ["Manifest"] = JsonNode.Parse(image.ManifestBytes.Span),
        };
    }

    /// <summary>Indented, and readable: shell commands keep their <c>&amp;&amp;</c>.</summary>
    public static string Text(JsonNode document)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(
            buffer,
            new JsonWriterOptions { Indented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            document.WriteTo(writer);
        }

        return System.Text.Encoding.UTF8.GetString(buffer.ToArray());
    }
}
