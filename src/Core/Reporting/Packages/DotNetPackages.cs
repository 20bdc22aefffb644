using System.Text.Json;

namespace ContainerStages.Reporting;

/// <summary>What a .NET program is made of. Source: dotnet/sdk, runtime-configuration-file.md, "[appname].deps.json".</summary>
internal static class DotNetPackages
{
    private const string HashPrefix = "sha512-";
    private const int HashLength = 64;

    public static bool Knows(string path) => path.EndsWith(".deps.json", StringComparison.Ordinal);

    /// <exception cref="FormatException">It has another shape.</exception>
    /// <exception cref="JsonException">It is no JSON, or a very deep one.</exception>
    public static IEnumerable<Package> Read(string path, byte[] content)
    {
        using var document = JsonDocument.Parse(WithoutMark(content));
        try
        {
            return Read(path, document.RootElement);
        }
        catch (InvalidOperationException noText)
        {
            // So System.Text.Json says that a text is no UTF-8, or has half a character.
            throw new FormatException("a text in it is none", noText);
        }
    }

    private static Package[] Read(string path, JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object
            || !root.TryGetProperty("libraries", out var libraries)
            || libraries.ValueKind != JsonValueKind.Object)
        {
            throw new FormatException("it has no libraries");
        }

        var program = Path.GetFileName(path)[..^".deps.json".Length];
        return [.. libraries.EnumerateObject().Select(library => Read(library, path, program)).OfType<Package>()];
    }

    private static ReadOnlyMemory<byte> WithoutMark(byte[] content) =>
        content.AsSpan().StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]) ? content.AsMemory(3) : content;

    private static Package? Read(JsonProperty library, string path, string program)
    {
        if (library.Name.Split('/') is not [{ Length: > 0 } name, { Length: > 0 } version])
        {
            throw new FormatException($"the library '{library.Name}' has no version");
        }

        return Text(library.Value, "type") switch
        {
            "package" => new Package(PackageKind.NuGet, name, version, path) { Sha512 = Hash(Text(library.Value, "sha512")) },
            "project" when name == program => new Package(PackageKind.NuGet, name, version, path) { IsProgram = true },
            _ => null,
        };
    }

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object
        && element.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    private static string? Hash(string? text)
    {
        var hash = new byte[HashLength];
        return text?.StartsWith(HashPrefix, StringComparison.Ordinal) == true
            && Convert.TryFromBase64String(text[HashPrefix.Length..], hash, out var length)
            && length == HashLength
                ? Convert.ToHexStringLower(hash)
                : null;
    }
}
