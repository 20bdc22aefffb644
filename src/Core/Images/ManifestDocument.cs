using System.Text.Json;
using System.Text.Json.Serialization;
using ContainerStages.Diagnostics;
using ContainerStages.Oci;

namespace ContainerStages.Images;

/// <summary>A manifest or an index: the bytes as they came, and what they say. Exactly one of the two is set.</summary>
internal sealed record ManifestDocument
{
    public required ReadOnlyMemory<byte> Bytes { get; init; }

    public required string MediaType { get; init; }

    public required Digest Digest { get; init; }

    public Manifest? Manifest { get; init; }

    public ImageIndex? Index { get; init; }

    public bool IsIndex => Index is not null;

    public Descriptor Descriptor => new() { MediaType = MediaType, Digest = Digest, Size = Bytes.Length };

    /// <summary>Reads bytes that were checked against their digest.</summary>
    /// <param name="bytes">The document.</param>
    /// <param name="announced">The Content-Type it came with; the document's own media type counts more, for the digest covers it.</param>
    /// <param name="reference">For messages.</param>
    /// <param name="source">For messages: the registry's host.</param>
    /// <exception cref="BuildFailedException">The document is no manifest and no index.</exception>
    public static ManifestDocument Create(ReadOnlyMemory<byte> bytes, string? announced, ImageReference reference, string source)
    {
        var what = $"manifest of '{reference.FamiliarName}'";
        try
        {
            var shape = JsonSerializer.Deserialize(bytes.Span, DocumentJson.Default.DocumentShape)
                ?? throw new JsonException("it is null.");
            var mediaType = shape.MediaType ?? Known(announced) ?? (shape.HasManifests ? MediaTypes.OciIndex : MediaTypes.OciManifest);
            if (shape.SchemaVersion != 2 || !(MediaTypes.IsIndex(mediaType) || MediaTypes.IsManifest(mediaType)))
            {
                throw new BuildFailedException(RegistryDiagnostics.UnsupportedMediaType(
                    what, shape.SchemaVersion == 1 ? "application/vnd.docker.distribution.manifest.v1+json" : mediaType));
            }

            // A document that can be read both ways may be a different image to each reader (CVE-2021-41190).
            if (MediaTypes.IsIndex(mediaType) ? shape.HasLayers || shape.HasConfig : shape.HasManifests)
            {
                throw new JsonException("it is a manifest and an index at once.");
            }

            var document = new ManifestDocument
            {
                Bytes = bytes,
                MediaType = mediaType,
                Digest = Digest.Of(bytes.Span),
                Index = MediaTypes.IsIndex(mediaType) ? JsonSerializer.Deserialize(bytes.Span, OciJson.Plain.ImageIndex) : null,
                Manifest = MediaTypes.IsManifest(mediaType) ? JsonSerializer.Deserialize(bytes.Span, OciJson.Plain.Manifest) : null,
            };
            return (document.Manifest is { } manifest
                ? DocumentRules.ProblemOf(manifest)
                : DocumentRules.ProblemOf(document.Index!)) is { } problem
                ? throw new JsonException(problem)
                : document;
        }
        catch (JsonException e)
        {
            throw new BuildFailedException(RegistryDiagnostics.MalformedDocument(what, source, e.Message), e);
        }
    }

    private static string? Known(string? mediaType) =>
        mediaType is null or "application/json" or "application/octet-stream" or "text/plain" ? null : mediaType;
}

/// <summary>Which members a document has, before it is decided how to read it.</summary>
internal sealed record DocumentShape
{
    public int SchemaVersion { get; init; }

    public string? MediaType { get; init; }

    public JsonElement? Manifests { get; init; }

    public JsonElement? Layers { get; init; }

    public JsonElement? Config { get; init; }

    [JsonIgnore]
    public bool HasManifests => Manifests is not null;

    [JsonIgnore]
    public bool HasLayers => Layers is not null;

    [JsonIgnore]
    public bool HasConfig => Config is not null;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(DocumentShape))]
internal sealed partial class DocumentJson : JsonSerializerContext;
