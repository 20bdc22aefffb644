using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using ContainerStages.TestKit;

namespace ContainerStages.Sdk.Tests;

/// <summary>An image in an archive that <c>docker load</c> takes: its configuration, and the files that lie on its base.</summary>
internal sealed record ArchivedImage(JsonElement Config, IReadOnlyList<string> Layers)
{
    public static async Task<ArchivedImage> ReadAsync(string archive)
    {
        var folder = Directory.CreateDirectory(archive + ".unpacked").FullName;
        await RealTool.RunAsync("tar", "-xf", archive, "-C", folder);
        using var manifest = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "manifest.json")));
        var image = manifest.RootElement[0];
        using var config =
            JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder, image.GetProperty(nameof(Config)).GetString()!)));
        return new(
            config.RootElement.GetProperty("config").Clone(),
            [.. image.GetProperty(nameof(Layers)).EnumerateArray().Select(layer => Path.Combine(folder, layer.GetString()!))]);
    }

    /// <summary>Path and digest of each file, in order.</summary>
    /// <param name="baseLayers">How many layers are those of the base image.</param>
    public IReadOnlyList<string> Files(int baseLayers) => [.. Layers.Skip(baseLayers).SelectMany(FilesOf).Order(StringComparer.Ordinal)];

    private static List<string> FilesOf(string layer)
    {
        using var file = File.OpenRead(layer);
        var isPacked = file.ReadByte() == 0x1f;
        file.Position = 0;
        using Stream content = isPacked ? new GZipStream(file, CompressionMode.Decompress) : file;
        using var reader = new TarReader(content);
        var files = new List<string>();
        while (reader.GetNextEntry() is { } entry)
        {
            if (entry.EntryType is TarEntryType.RegularFile or TarEntryType.V7RegularFile)
            {
                files.Add(
                    $"{entry.Name.TrimStart('.', '/')} " +
                    $"{(entry.DataStream is { } data ? Convert.ToHexStringLower(SHA256.HashData(data)) : "")}");
            }
        }

        return files;
    }
}
