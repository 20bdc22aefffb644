using System.Security.Cryptography;
using System.Text;

namespace ContainerStages.Reporting;

/// <summary>A bill of materials as SPDX 2.3. Source: spdx.github.io/spdx-spec/v2.3.</summary>
internal sealed class SpdxBill
{
    public const string NoAssertion = "NOASSERTION";
    private const string Document = "SPDXRef-DOCUMENT";
    private readonly SortedDictionary<string, SpdxLicense> licenses = new(StringComparer.Ordinal);

    public static SpdxDocument Of(BillOfMaterials bill, (string Name, string Version) generator)
    {
        var spdx = new SpdxBill();
        SpdxPackage[] packages = [.. bill.Parts.Select(spdx.PackageOf)];
        return new SpdxDocument(
            "SPDX-2.3",
            "CC0-1.0",
            Document,
            bill.Name,
            $"https://spdx.org/spdxdocs/{bill.Subject.Id}-{SbomId.Of(bill)}",
            new SpdxCreation(bill.Created, [$"Tool: {generator.Name}-{generator.Version}"]),
            packages,
            spdx.licenses.Count > 0 ? [.. spdx.licenses.Values] : null,
            [
                new SpdxRelationship(Document, "DESCRIBES", Reference(bill.Subject.Id)),
                .. bill.Links.Select(link => new SpdxRelationship(Reference(link.From), NameOf(link.Kind), Reference(link.To))),
            ]);
    }

    private static string NameOf(BillLinkKind kind) => kind switch
    {
        BillLinkKind.Contains => "CONTAINS",
        BillLinkKind.DependsOn => "DEPENDS_ON",
        _ => "DESCENDANT_OF",
    };

    private static string Reference(string id) => "SPDXRef-" + id;

    private SpdxPackage PackageOf(BillPart part) => new()
    {
        Name = part.Name,
        Id = Reference(part.Id),
        VersionInfo = part.Version.Length > 0 ? part.Version : null,
        PrimaryPackagePurpose = part.Kind switch
        {
            BillPartKind.Image => "CONTAINER",
            BillPartKind.System => "OPERATING-SYSTEM",
            BillPartKind.Program => "APPLICATION",
            _ => "LIBRARY",
        },
        Supplier = part.Supplier is { Length: > 0 } supplier ? "Person: " + PersonOf(supplier) : NoAssertion,
        Checksums = ChecksumsOf(part),
        SourceInfo = part.Path is { } path ? $"found in /{path}" : null,
        LicenseDeclared = part.License is { Length: > 0 } license ? LicenseExpression.TryRead(license) ?? Extracted(license) : NoAssertion,
        ExternalRefs = part.Url is { } url ? [new SpdxReference("PACKAGE-MANAGER", "purl", url)] : null,
    };

    private static SpdxChecksum[]? ChecksumsOf(BillPart part) =>
        part.Sha256 is { } sha256 ? [new SpdxChecksum("SHA256", sha256)]
        : part.Sha512 is { } sha512 ? [new SpdxChecksum("SHA512", sha512)]
        : null;

    /// <summary><c>Name &lt;address&gt;</c> with the brackets of SPDX.</summary>
    private static string PersonOf(string text) =>
        text.IndexOf('<', StringComparison.Ordinal) is var start and > 0 && text.EndsWith('>')
            ? $"{text[..start].Trim()} ({text[(start + 1)..^1]})"
            : text;

    /// <summary>A license that SPDX has no name for.</summary>
    private string Extracted(string text)
    {
        var id = "LicenseRef-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 8));
        licenses[id] = new SpdxLicense(id, text, $"The package says: {text}");
        return id;
    }
}
