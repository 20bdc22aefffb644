using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using ContainerStages.Images;
using ContainerStages.Oci;

namespace ContainerStages.Reporting;

/// <summary>Puts together what an image is made of. Nothing in it is of the time or the machine.</summary>
/// <param name="name">What the image is called.</param>
/// <param name="named">The images, and what the name stands for.</param>
internal sealed partial class BillWriter(ImageReference? name, WholeImage named)
{
    private readonly Dictionary<string, BillPart> parts = new(StringComparer.Ordinal);
    private readonly List<BillLink> links = [];
    private readonly HashSet<BillLink> known = [];

    /// <param name="packagesOf">What is in an image.</param>
    /// <param name="baseOf">What an image stands on, with its digest; null for nothing.</param>
    public BillOfMaterials Write(Func<Image, ImagePackages> packagesOf, Func<Image, ImageReference?> baseOf)
    {
        var isIndex = named.Images.All(image => image.Digest != named.Digest);
        var top = isIndex ? AddImage(name, named.Digest, null) : null;
        foreach (var image in named.Images)
        {
            var id = AddImage(name, image.Digest, image.Config.Platform.Architecture);
            if (top is not null)
            {
                Link(top, BillLinkKind.Contains, id);
            }

            if (baseOf(image) is { Digest: { } digest } below)
            {
                Link(id, BillLinkKind.StandsOn, AddImage(below, digest, image.Config.Platform.Architecture, isPulled: true));
            }

            Add(id, packagesOf(image));
        }

        return new BillOfMaterials(name?.FamiliarTag ?? named.Name, Created(), [.. parts.Values], links);
    }

    private void Add(string image, ImagePackages found)
    {
        if (found.System is { } system)
        {
            var id = Id("System", system.Id, $"{system}");
            Link(image, BillLinkKind.Contains, Add(new BillPart(id, BillPartKind.System, system.Id, system.Version ?? "")));
        }

        foreach (var file in found.Packages.GroupBy(package => package.Path, StringComparer.Ordinal))
        {
            var program = file.FirstOrDefault(package => package.IsProgram) is { } main ? Add(PartOf(main, found.System)) : null;
            foreach (var package in file)
            {
                var id = Add(PartOf(package, found.System));
                Link(image, BillLinkKind.Contains, id);
                if (program is not null && id != program)
                {
                    Link(program, BillLinkKind.DependsOn, id);
                }
            }
        }
    }

    private static BillPart PartOf(Package package, OsRelease? system)
    {
        // A program of .NET is in no feed under its name.
        var url = package is { Kind: PackageKind.NuGet, IsProgram: true } ? null : PackageUrl.Of(package, system);
        return new BillPart(
            Id(package.Kind.ToString(), package.Name, $"{url} {package.Version} {package.Path}"),
            package.IsProgram ? BillPartKind.Program : BillPartKind.Library,
            package.Name,
            package.Version)
        {
            Url = url,
            License = package.License,
            Supplier = package.Supplier,
            Sha512 = package.Sha512,
            Path = package.Path,
        };
    }

    private string AddImage(ImageReference? reference, Digest digest, string? architecture, bool isPulled = false)
    {
        var familiar = reference?.FamiliarTag ?? named.Name;
        var repository = reference is { } known && (isPulled || HasHost(familiar)) ? $"{known.Registry}/{known.Repository}" : null;
        var simple = reference?.Repository ?? named.Name;
        return Add(new BillPart(Id("Image", simple, $"{digest}"), BillPartKind.Image, familiar, digest.ToString())
        {
            Url = PackageUrl.OfImage(repository, simple, digest.ToString(), architecture),
            Sha256 = digest.Hex,
        });
    }

    private static bool HasHost(string name) => name.Split('/') is [var host, _, ..]
        && (host == "localhost" || host.Contains('.', StringComparison.Ordinal) || host.Contains(':', StringComparison.Ordinal));

    private string Add(BillPart part)
    {
        parts.TryAdd(part.Id, part);
        return part.Id;
    }

    private void Link(string from, BillLinkKind kind, string to)
    {
        var link = new BillLink(from, kind, to);
        if (known.Add(link))
        {
            links.Add(link);
        }
    }

    private static string Id(string kind, string name, string all)
    {
        var plain = OtherLetters().Replace(name.Split('/')[^1], "-");
        return $"{kind}-{plain}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{kind} {all}")).AsSpan(0, 8))}";
    }

    /// <summary>That of the image, which SOURCE_DATE_EPOCH sets.</summary>
    private string Created() =>
        (named.Images.Select(image => image.Config.Created).OfType<string>().Max(StringComparer.Ordinal) is { } text
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
                ? time.ToUniversalTime()
                : DateTimeOffset.UnixEpoch).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    [GeneratedRegex("[^A-Za-z0-9.]+", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex OtherLetters();
}
