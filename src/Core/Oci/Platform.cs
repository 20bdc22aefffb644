using System.Runtime.InteropServices;
using System.Text.Json.Serialization;

namespace ContainerStages.Oci;

/// <summary>Operating system and processor that an image runs on. Source: image-spec, image-index.md, platform.</summary>
public sealed record Platform
{
    public required string Architecture { get; init; }

    [JsonPropertyName("os")]
    public required string Os { get; init; }

    [JsonPropertyName("os.version")]
    public string? OsVersion { get; init; }

    public string? Variant { get; init; }

    /// <summary>Linux on the processor of this machine.</summary>
    public static Platform Host { get; } = new()
    {
        Os = "linux",
        Architecture = RuntimeInformation.OSArchitecture switch
        {
            System.Runtime.InteropServices.Architecture.X64 => "amd64",
            System.Runtime.InteropServices.Architecture.X86 => "386",
            System.Runtime.InteropServices.Architecture.Arm64 => "arm64",
            System.Runtime.InteropServices.Architecture.Arm => "arm",
            var other => other.ToString().ToLowerInvariant(),
        },
        Variant = RuntimeInformation.OSArchitecture == System.Runtime.InteropServices.Architecture.Arm ? "v7" : null,
    };

    /// <summary>In the one form that containerd gives each (platforms, normalizeArch). Reads <c>os/architecture[/variant]</c>, or an architecture alone (then os is linux); null where the text is neither.</summary>
    public static Platform? TryParse(string text)
    {
        var parts = text.Trim().ToLowerInvariant().Split('/');
        if (parts.Length > 3 || parts.Any(string.IsNullOrEmpty))
        {
            return null;
        }

        var (os, architecture, variant) = parts.Length == 1 ? ("linux", parts[0], null) : (parts[0], parts[1], parts.ElementAtOrDefault(2));
        return (architecture, variant) switch
        {
            ("amd64" or "x86_64" or "x86-64", _) => new Platform { Os = os, Architecture = "amd64", Variant = variant == "v1" ? null : variant },
            ("i386", _) => new Platform { Os = os, Architecture = "386" },
            ("aarch64", _) or ("arm64", "8" or "v8") => new Platform { Os = os, Architecture = "arm64" },
            ("armhf", _) or ("arm", null or "7") => new Platform { Os = os, Architecture = "arm", Variant = "v7" },
            ("armel", _) => new Platform { Os = os, Architecture = "arm", Variant = "v6" },
            ("arm", "5" or "6" or "8") => new Platform { Os = os, Architecture = "arm", Variant = "v" + variant },
            _ => new Platform { Os = os, Architecture = architecture, Variant = variant },
        };
    }

    /// <summary>True where an image of platform <paramref name="other"/> serves a request for this one; a missing variant matches any.</summary>
    public bool Matches(Platform other) =>
        Os == other.Os && Architecture == other.Architecture && (Variant is null || other.Variant is null || Variant == other.Variant || (Architecture, other.Variant) == ("arm64", "v8"));

    public override string ToString() => Variant is null ? $"{Os}/{Architecture}" : $"{Os}/{Architecture}/{Variant}";
}
