using System.Globalization;
using System.Text;

namespace ContainerStages.Reporting;

/// <summary>Package URLs. Source: github.com/package-url/purl-spec.</summary>
internal static class PackageUrl
{
    public static string Of(Package package, OsRelease? system) => package.Kind switch
    {
        PackageKind.Debian => Write("deb", [system?.Id ?? "debian", Lower(package.Name)], package.Version, OfSystem(package, system)),
        PackageKind.Alpine => Write("apk", [system?.Id ?? "alpine", Lower(package.Name)], package.Version, OfSystem(package, system)),
        PackageKind.NuGet => Write("nuget", [package.Name], package.Version, []),
        _ => Write("golang", Lower(package.Name).Split('/'), package.Version, []),
    };

    /// <param name="repository">Registry and repository; null for an image that is in none.</param>
    /// <param name="name">What the image is called, where it is in no registry.</param>
    public static string OfImage(string? repository, string name, string digest, string? architecture) => Write(
        "oci",
        [Lower((repository ?? name).Split('/')[^1])],
        digest,
        [("arch", architecture), ("repository_url", repository)]);

    private static (string, string?)[] OfSystem(Package package, OsRelease? system) =>
    [
        ("arch", package.Architecture),
        ("distro", system is null ? null : system.Version is { } version ? $"{system.Id}-{version}" : system.Id),
    ];

    private static string Write(string type, IEnumerable<string> names, string version, IEnumerable<(string Key, string? Value)> qualifiers)
    {
        var text = new StringBuilder("pkg:").Append(type);
        foreach (var name in names)
        {
            text.Append('/').Append(Encode(name));
        }

        if (version.Length > 0)
        {
            text.Append('@').Append(Encode(version));
        }

        // The keys are in their order already.
        return text.AppendJoin("", qualifiers
            .Where(pair => !string.IsNullOrEmpty(pair.Value))
            .Select((pair, index) => $"{(index == 0 ? '?' : '&')}{pair.Key}={Encode(pair.Value!)}")).ToString();
    }

    /// <summary>All but letters, digits and four marks; a colon stays, too.</summary>
    private static string Encode(string text)
    {
        var encoded = new StringBuilder();
        foreach (var one in Encoding.UTF8.GetBytes(text))
        {
            if (char.IsAsciiLetterOrDigit((char)one) || one is (byte)'.' or (byte)'-' or (byte)'_' or (byte)'~' or (byte)':')
            {
                encoded.Append((char)one);
            }
            else
            {
                encoded.Append('%').Append(one.ToString("X2", CultureInfo.InvariantCulture));
            }
        }

        return encoded.ToString();
    }

    private static string Lower(string text) => text.ToLowerInvariant();
}
