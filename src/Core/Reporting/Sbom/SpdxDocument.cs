using System.Text.Json.Serialization;

namespace ContainerStages.Reporting;

/// <summary>Source: SPDX 2.3, spdx-schema.json.</summary>
internal sealed record SpdxDocument(
    string SpdxVersion,
    string DataLicense,
    [property: JsonPropertyName("SPDXID")] string Id,
    string Name,
    string DocumentNamespace,
    SpdxCreation CreationInfo,
    IReadOnlyList<SpdxPackage> Packages,
    IReadOnlyList<SpdxLicense>? HasExtractedLicensingInfos,
    IReadOnlyList<SpdxRelationship> Relationships);

internal sealed record SpdxCreation(string Created, IReadOnlyList<string> Creators);

internal sealed record SpdxPackage
{
    public required string Name { get; init; }

    [JsonPropertyName("SPDXID")]
    public required string Id { get; init; }

    public string? VersionInfo { get; init; }

    public required string PrimaryPackagePurpose { get; init; }

    public required string Supplier { get; init; }

    public string DownloadLocation { get; init; } = SpdxBill.NoAssertion;

    public bool FilesAnalyzed { get; init; }

    public IReadOnlyList<SpdxChecksum>? Checksums { get; init; }

    public string? SourceInfo { get; init; }

    public string LicenseConcluded { get; init; } = SpdxBill.NoAssertion;

    public required string LicenseDeclared { get; init; }

    public string CopyrightText { get; init; } = SpdxBill.NoAssertion;

    public IReadOnlyList<SpdxReference>? ExternalRefs { get; init; }
}

internal sealed record SpdxChecksum(string Algorithm, string ChecksumValue);

internal sealed record SpdxReference(string ReferenceCategory, string ReferenceType, string ReferenceLocator);

internal sealed record SpdxLicense(string LicenseId, string Name, string ExtractedText);

internal sealed record SpdxRelationship(string SpdxElementId, string RelationshipType, string RelatedSpdxElement);
