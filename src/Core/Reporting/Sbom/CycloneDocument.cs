using System.Text.Json.Serialization;

namespace ContainerStages.Reporting;

/// <summary>Source: CycloneDX 1.6, bom-1.6.schema.json.</summary>
internal sealed record CycloneDocument(
    string BomFormat,
    string SpecVersion,
    string SerialNumber,
    int Version,
    CycloneMetadata Metadata,
    IReadOnlyList<CycloneComponent> Components,
    IReadOnlyList<CycloneDependency> Dependencies);

internal sealed record CycloneMetadata(string Timestamp, CycloneTools Tools, CycloneComponent Component);

internal sealed record CycloneTools(IReadOnlyList<CycloneComponent> Components);

internal sealed record CycloneComponent(string Type, string Name)
{
    [JsonPropertyName("bom-ref")]
    public string? Reference { get; init; }

    public string? Version { get; init; }

    public CycloneSupplier? Supplier { get; init; }

    public IReadOnlyList<CycloneHash>? Hashes { get; init; }

    public IReadOnlyList<CycloneLicense>? Licenses { get; init; }

    public string? Purl { get; init; }

    public CyclonePedigree? Pedigree { get; init; }

    public CycloneEvidence? Evidence { get; init; }
}

internal sealed record CycloneSupplier(string Name);

internal sealed record CycloneHash(string Alg, string Content);

/// <summary>Either an expression, or a license without a name of SPDX.</summary>
internal sealed record CycloneLicense(string? Expression, CycloneNamedLicense? License);

internal sealed record CycloneNamedLicense(string Name);

internal sealed record CyclonePedigree(IReadOnlyList<CycloneComponent> Ancestors);

internal sealed record CycloneEvidence(IReadOnlyList<CycloneOccurrence> Occurrences);

internal sealed record CycloneOccurrence(string Location);

internal sealed record CycloneDependency(string Ref, IReadOnlyList<string> DependsOn);
