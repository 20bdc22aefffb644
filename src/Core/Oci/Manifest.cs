using System.Text.Json.Serialization;

namespace ContainerStages.Oci;

/// <summary>An image manifest; layers from the base up. Source: image-spec, manifest.md.</summary>
public sealed record Manifest
{
    [JsonPropertyOrder(0)]
    public int SchemaVersion { get; init; } = 2;

    [JsonPropertyOrder(1)]
    public string? MediaType { get; init; }

    [JsonPropertyOrder(2)]
    public required Descriptor Config { get; init; }

    [JsonPropertyOrder(3)]
    public required IReadOnlyList<Descriptor> Layers { get; init; }

    [JsonPropertyOrder(4)]
    public SortedDictionary<string, string>? Annotations { get; init; }
}

/// <summary>Manifests by platform. Source: image-spec, image-index.md.</summary>
internal sealed record ImageIndex
{
    [JsonPropertyOrder(0)]
    public int SchemaVersion { get; init; } = 2;

    [JsonPropertyOrder(1)]
    public string? MediaType { get; init; }

    [JsonPropertyOrder(2)]
    public required IReadOnlyList<Descriptor> Manifests { get; init; }

    [JsonPropertyOrder(3)]
    public SortedDictionary<string, string>? Annotations { get; init; }
}
