namespace ContainerStages.Reporting;

/// <summary>A bill of materials as CycloneDX 1.6. Source: cyclonedx.org/docs/1.6/json.</summary>
internal static class CycloneBill
{
    public static CycloneDocument Of(BillOfMaterials bill, (string Name, string Version) generator)
    {
        var ancestors = bill.Links.Where(link => link.Kind == BillLinkKind.StandsOn)
            .ToLookup(link => link.From, link => link.To, StringComparer.Ordinal);
        var parts = bill.Parts.ToDictionary(part => part.Id, StringComparer.Ordinal);
        var isBase = ancestors.SelectMany(group => group).ToHashSet(StringComparer.Ordinal);
        var components = bill.Parts.Where(part => !isBase.Contains(part.Id))
            .ToDictionary(part => part.Id, WithAncestors, StringComparer.Ordinal);
        var tool = new CycloneComponent("application", generator.Name) { Version = generator.Version };
        return new CycloneDocument(
            "CycloneDX",
            "1.6",
            $"urn:uuid:{SbomId.Of(bill)}",
            1,
            new CycloneMetadata(bill.Created, new CycloneTools([tool]), components[bill.Subject.Id]),
            [.. components.Where(component => component.Key != bill.Subject.Id).Select(component => component.Value)],
            DependenciesOf(bill));

        CycloneComponent WithAncestors(BillPart part) => ComponentOf(part) with
        {
            Pedigree = ancestors[part.Id].ToArray() is { Length: > 0 } below
                ? new CyclonePedigree([.. below.Select(id => ComponentOf(parts[id]))])
                : null,
        };
    }

    /// <summary>What an image contains it depends on, but what its programs do not depend on already.</summary>
    private static CycloneDependency[] DependenciesOf(BillOfMaterials bill)
    {
        var links = bill.Links.Where(link => link.Kind != BillLinkKind.StandsOn).ToArray();
        var ofPrograms = links.Where(link => link.Kind == BillLinkKind.DependsOn).Select(link => link.To).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. links.Where(link => link.Kind == BillLinkKind.DependsOn || !ofPrograms.Contains(link.To))
                .GroupBy(link => link.From, StringComparer.Ordinal)
                .Select(group => new CycloneDependency(group.Key, [.. group.Select(link => link.To)])),
        ];
    }

    private static CycloneComponent ComponentOf(BillPart part) => new(TypeOf(part.Kind), part.Name)
    {
        Reference = part.Id,
        Version = part.Version.Length > 0 ? part.Version : null,
        Supplier = part.Supplier is { Length: > 0 } supplier ? new CycloneSupplier(supplier) : null,
        Hashes = part.Sha256 is { } sha256 ? [new CycloneHash("SHA-256", sha256)]
            : part.Sha512 is { } sha512 ? [new CycloneHash("SHA-512", sha512)]
            : null,
        Licenses = part.License is { Length: > 0 } license ? [LicenseOf(license)] : null,
        Purl = part.Url,
        Evidence = part.Path is { } path ? new CycloneEvidence([new CycloneOccurrence("/" + path)]) : null,
    };

    private static string TypeOf(BillPartKind kind) => kind switch
    {
        BillPartKind.Image => "container",
        BillPartKind.System => "operating-system",
        BillPartKind.Program => "application",
        _ => "library",
    };

    private static CycloneLicense LicenseOf(string text) => LicenseExpression.TryRead(text) is { } expression
        ? new CycloneLicense(expression, null)
        : new CycloneLicense(null, new CycloneNamedLicense(text));
}
