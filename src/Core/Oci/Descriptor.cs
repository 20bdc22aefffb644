using System.Text.Json.Serialization;

namespace ContainerStages.Oci;

/// <summary>Names content by media type, digest and size in bytes. Source: image-spec, descriptor.md.</summary>
public sealed record Descriptor
{
    [JsonPropertyOrder(0)]
    public required string MediaType { get; init; }

    [JsonPropertyOrder(1)]
    public required Digest Digest { get; init; }

    [JsonPropertyOrder(2)]
    public required long Size { get; init; }

    [JsonPropertyOrder(3)]
    public Platform? Platform { get; init; }

    /// <summary>Where the content can be had besides the registry; foreign layers have it.</summary>
    [JsonPropertyOrder(4)]
    public IReadOnlyList<string>? Urls { get; init; }

    [JsonPropertyOrder(5)]
    public SortedDictionary<string, string>? Annotations { get; init; }
}
