using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json.Serialization;

namespace ContainerStages.Oci;

/// <summary>Operating system and processor that an image runs on. Source: image-spec, image-index.md, platform.</summary>
public sealed record Platform
{
    // Source: containerd/platforms, database.go: what may stand alone.
    private static readonly string[] Systems =
    [
        "aix", "android", "darwin", "dragonfly", "freebsd", "hurd", "illumos", "ios", "linux", "netbsd", "openbsd", "plan9", "solaris",
        "wasi", "windows", "zos",
    ];

    private static readonly string[] Architectures =
        ["386", "amd64", "arm", "arm64", "loong64", "mips", "mipsle", "mips64", "mips64le", "ppc64", "ppc64le", "riscv64", "s390x", "wasm"];

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

    /// <summary>In the one form that containerd gives each (platforms, normalizeArch). Reads <c>os/architecture[/variant]</c>, an
    /// architecture alone (then os is linux), or an operating system alone (then the architecture is this machine's); null where the text
    /// is none of these.</summary>
    public static Platform? TryParse(string text)
    {
        var parts = text.Trim().ToLowerInvariant().Split('/');
        if (parts.Length > 3 || parts.Any(string.IsNullOrEmpty))
        {
            return null;
        }

        if (parts is [var alone])
        {
            return Systems.Contains(alone)
                ? Host with { Os = alone }
                : Create("linux", alone, null) is { } found && Architectures.Contains(found.Architecture)
                ? found
                : null;
        }

        return Create(parts[0], parts[1], parts.ElementAtOrDefault(2));
    }

    /// <summary>
    /// How well an image of platform <paramref name="other"/> serves a request for this one: 0 where it is the very one, more the older the
    /// processor that it was made for, null where it does not run. An arm image without a variant may be for any. Source:
    /// containerd/platforms, platformVector.
    /// </summary>
    public int? DistanceTo(Platform other)
    {
        var its = other.Normalized;
        if (Os != its.Os || Architecture != its.Architecture)
        {
            return null;
        }

        return Variant == its.Variant ? 0
            : Level is { } wanted && its.Level is { } offered && offered <= wanted ? wanted - offered
            : Architecture == "arm" && string.IsNullOrEmpty(other.Variant) ? int.MaxValue
            : null;
    }

    /// <summary>True where an image of platform <paramref name="other"/> serves a request for this one.</summary>
    public bool Matches(Platform other) => DistanceTo(other) is not null;

    /// <summary>True where system and processor are the same, whatever the variant.</summary>
    public bool HasProcessorOf(Platform other) => Normalized with { Variant = null } == other.Normalized with { Variant = null };

    public override string ToString() => Variant is null ? $"{Os}/{Architecture}" : $"{Os}/{Architecture}/{Variant}";

    /// <summary>Documents of strangers write it in many ways.</summary>
    private Platform Normalized =>
        Create(
            Os?.ToLowerInvariant() ?? "",
            Architecture?.ToLowerInvariant() ?? "",
            string.IsNullOrEmpty(Variant) ? null : Variant.ToLowerInvariant());

    /// <summary>Generation of the processor: arm 7 for v7, amd64 1 where nothing is said.</summary>
    private int? Level =>
        Variant is { } variant
            ? int.TryParse(variant.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var level) && variant[0] == 'v'
            ? level
            : null
        : Architecture switch { "amd64" => 1, "arm64" => 8, "arm" => 7, _ => null };

    private static Platform Create(string os, string architecture, string? variant) =>
        (architecture, variant) switch
        {
            ("amd64" or "x86_64" or "x86-64", _) =>
                new Platform { Os = os, Architecture = "amd64", Variant = variant == "v1" ? null : variant },
            ("i386", _) => new Platform { Os = os, Architecture = "386" },
            ("aarch64", _) or ("arm64", "8" or "v8") => new Platform { Os = os, Architecture = "arm64" },
            ("armhf", _) or ("arm", null or "7") => new Platform { Os = os, Architecture = "arm", Variant = "v7" },
            ("armel", _) => new Platform { Os = os, Architecture = "arm", Variant = "v6" },
            ("arm", "5" or "6" or "8") => new Platform { Os = os, Architecture = "arm", Variant = "v" + variant },
            _ => new Platform { Os = os, Architecture = architecture, Variant = variant },
        };
}
