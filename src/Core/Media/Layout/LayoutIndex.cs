using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using ContainerStages.Diagnostics;
using ContainerStages.Images;
using ContainerStages.Oci;

namespace ContainerStages.Media.Layout;

/// <summary>
/// The index.json of an OCI layout; members that others wrote stay as they are. Source: image-spec, image-layout.md, annotations.md.
/// </summary>
internal sealed class LayoutIndex
{
    public const string LayoutFile = "{\"imageLayoutVersion\":\"1.0.0\"}";
    private const string RefName = "org.opencontainers.image.ref.name";
    private const string ContainerdName = "io.containerd.image.name";
    private readonly JsonObject document;

    private LayoutIndex(JsonObject document) => this.document = document;

    public static LayoutIndex CreateEmpty() =>
        new(new JsonObject { ["schemaVersion"] = 2, ["mediaType"] = MediaTypes.OciIndex, ["manifests"] = new JsonArray() });

    /// <exception cref="BuildFailedException">The text is no index.</exception>
    public static LayoutIndex Parse(string path, string json)
    {
        try
        {
            return JsonNode.Parse(json) is JsonObject document && document["manifests"] is JsonArray
                ? new LayoutIndex(document)
                : throw new BuildFailedException(ArchiveDiagnostics.NotALayout(path, "index.json has no list of manifests."));
        }
        catch (JsonException exception)
        {
            throw new BuildFailedException(ArchiveDiagnostics.NotALayout(path, $"index.json is no JSON ({exception.Message})."), exception);
        }
    }

    /// <summary>The index.json of a stranger.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    /// <exception cref="InvalidDataException">It lacks what the others rely on.</exception>
    public static ImageIndex Read(byte[] bytes)
    {
        var index = JsonSerializer.Deserialize(bytes, OciJson.Plain.ImageIndex)
            ?? throw new InvalidDataException("its index.json lists no manifests.");
        return DocumentRules.ProblemOf(index) is { } problem
            ? throw new InvalidDataException($"its index.json is damaged: {problem}")
            : index;
    }

    /// <summary>Adds the image once per name, or once without a name; a tag that the layout has already moves to this image.</summary>
    public void Add(ImageSet images, IReadOnlyList<ImageReference> names)
    {
        var manifests = (JsonArray)document["manifests"]!;
        foreach (var old in manifests.Where(node => IsReplaced(node, images, names)).ToArray())
        {
            manifests.Remove(old);
        }

        if (names.Count == 0)
        {
            manifests.Add(ToNode(images.Descriptor));
        }

        foreach (var name in names.DistinctBy(name => name.Tag))
        {
            var annotations = new SortedDictionary<string, string>(
                images.Descriptor.Annotations ?? [], StringComparer.Ordinal) { [ContainerdName] = name.ToString(), [RefName] = name.Tag! };
            manifests.Add(ToNode(images.Descriptor with { Annotations = annotations }));
        }
    }

    /// <summary>Lets the name stand for the manifest alone.</summary>
    public void Set(string tag, Descriptor manifest)
    {
        var manifests = (JsonArray)document["manifests"]!;
        foreach (var old in manifests.Where(node => (string?)node?["annotations"]?[RefName] == tag).ToArray())
        {
            manifests.Remove(old);
        }

        manifests.Add(ToNode(manifest with { Annotations = new(StringComparer.Ordinal) { [RefName] = tag } }));
    }

    /// <summary>The manifest that a name stands for; or null.</summary>
    public static Descriptor? Find(ImageIndex index, string tag) =>
        index.Manifests.FirstOrDefault(manifest => manifest.Annotations?.GetValueOrDefault(RefName) == tag);

    public string ToJson() => document.ToJsonString(new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    private static bool IsReplaced(JsonNode? node, ImageSet images, IReadOnlyList<ImageReference> names)
    {
        var tag = (string?)node?["annotations"]?[RefName];
        return tag is null ? (string?)node?["digest"] == images.Top.Digest.ToString() : names.Any(name => name.Tag == tag);
    }

    private static JsonNode? ToNode(Descriptor descriptor) => JsonSerializer.SerializeToNode(descriptor, OciJson.Plain.Descriptor);
}
