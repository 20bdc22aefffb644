using System.Text.Json;
using ContainerStages.Content;
using ContainerStages.Diagnostics;
using ContainerStages.Layers;
using ContainerStages.Oci;

namespace ContainerStages.Images;

/// <summary>
/// Checks OCI layout folders and image archives, with every image in them. Source: image-spec, image-layout.md; Docker image specification
/// 1.2.
/// </summary>
internal static class LayoutValidator
{
    /// <summary>Findings about an OCI layout folder; none means valid.</summary>
    public static async Task<IReadOnlyList<string>> ValidateFolderAsync(string folder, CancellationToken cancellationToken)
    {
        var findings = new List<string>();
        var store = new DiskContentStore(folder);
        if (!HasLayoutVersion(folder))
        {
            findings.Add("The file oci-layout is missing or names no imageLayoutVersion 1.0.0.");
        }

        if (!File.Exists(Path.Combine(folder, "index.json")))
        {
            return [.. findings, "The file index.json is missing."];
        }

        CheckBlobNames(findings, store);
        await CheckIndexAsync(findings, ReadText(folder, "index.json"), store, [], cancellationToken);
        return findings;
    }

    /// <summary>Findings about an archive that is an OCI layout, what <c>docker save</c> writes, or both at once.</summary>
    public static async Task<IReadOnlyList<string>> ValidateArchiveAsync(string file, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("stages-validate-").FullName;
        try
        {
            await using (var tar = File.OpenRead(file))
            {
                LayerExtractor.Extract(tar, folder, Path.GetFileName(file), ExtractionLimits.Default, cancellationToken);
            }

            var isLayout = File.Exists(Path.Combine(folder, "index.json"));
            var isDocker = File.Exists(Path.Combine(folder, "manifest.json"));
            List<string> findings = isLayout || isDocker ? [] : ["The archive has neither index.json nor manifest.json."];
            findings.AddRange(isLayout ? await ValidateFolderAsync(folder, cancellationToken) : []);
            if (isDocker)
            {
                CheckDockerManifest(findings, folder, cancellationToken);
            }

            return findings;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static bool HasLayoutVersion(string folder)
    {
        try
        {
            using var document = JsonDocument.Parse(ReadText(folder, "oci-layout"));
            return document.RootElement.TryGetProperty("imageLayoutVersion", out var version) && version.ValueEquals("1.0.0");
        }
        catch (Exception exception) when (exception is FileNotFoundException or JsonException)
        {
            return false;
        }
    }

    private static async Task CheckIndexAsync(
        List<string> findings,
        string json,
        DiskContentStore store,
        Dictionary<Digest, LayerInspection> inspected,
        CancellationToken cancellationToken)
    {
        try
        {
            var index = JsonSerializer.Deserialize(json, OciJson.Plain.ImageIndex);
            foreach (var descriptor in index?.Manifests ?? [])
            {
                if (!store.Holds(descriptor))
                {
                    findings.Add(
                        $"The index names {descriptor.Digest} with {descriptor.Size} bytes; the blob is missing or has another size.");
                }
                else if (MediaTypes.IsIndex(descriptor.MediaType))
                {
                    var inner = await store.ReadAllBytesAsync(descriptor.Digest, ContentStoreExtensions.DocumentLimit, cancellationToken);
                    await CheckIndexAsync(findings, System.Text.Encoding.UTF8.GetString(inner.Span), store, inspected, cancellationToken);
                }
                else
                {
                    var image = await ImageReader.ReadAsync(store, sizes: null, descriptor.Digest, origin: null, cancellationToken);
                    findings.AddRange(await ImageValidator.ValidateAsync(image, store, inspected, cancellationToken));
                    if (image.MediaType != descriptor.MediaType)
                    {
                        findings.Add($"The index calls {descriptor.Digest} '{descriptor.MediaType}', it is '{image.MediaType}'.");
                    }
                }
            }
        }
        catch (Exception exception) when (exception is JsonException or BuildFailedException or FileNotFoundException)
        {
            findings.Add(exception.Message);
        }
    }

    private static void CheckBlobNames(List<string> findings, DiskContentStore store)
    {
        var blobs = new DirectoryInfo(Path.Combine(store.Root, "blobs", "sha256"));
        foreach (var file in blobs.Exists ? blobs.GetFiles() : [])
        {
            using var content = file.OpenRead();
            var actual = Digest.FromHash(System.Security.Cryptography.SHA256.HashData(content));
            if (actual.Hex != file.Name)
            {
                findings.Add($"The blob {file.Name} has digest {actual}.");
            }
        }
    }

    private static void CheckDockerManifest(List<string> findings, string folder, CancellationToken cancellationToken)
    {
        using var document = JsonDocument.Parse(ReadText(folder, "manifest.json"));
        foreach (var item in document.RootElement.EnumerateArray())
        {
            var config = JsonSerializer.Deserialize(ReadText(folder, item.GetProperty("Config").GetString()!), OciJson.Plain.ImageConfig)!;
            var layers = item.GetProperty("Layers").EnumerateArray().Select(layer => layer.GetString()!).ToArray();
            ImageValidator.CheckConfig(findings, config, layers.Length);
            foreach (var (path, diffId) in layers.Zip(config.RootFs.DiffIds))
            {
                var actual = ReadDiffId(Locate(folder, path), cancellationToken);
                if (actual != diffId)
                {
                    findings.Add($"Layer {path} has diff id {actual}, not {diffId}.");
                }
            }

            if (item.TryGetProperty("RepoTags", out var tags) && tags.ValueKind == JsonValueKind.Array)
            {
                findings.AddRange(tags.EnumerateArray()
                    .Select(tag => tag.GetString()!)
                    .Where(tag => ImageReference.TryParse(tag)?.Tag is null)
                    .Select(tag => $"'{tag}' in RepoTags is no name with a tag."));
            }
        }
    }

    private static Digest ReadDiffId(string path, CancellationToken cancellationToken)
    {
        using var blob = File.OpenRead(path);
        return LayerInspector.Inspect(blob, path, cancellationToken).DiffId;
    }

    private static string ReadText(string folder, string name) => File.ReadAllText(Locate(folder, name));

    /// <summary>Names inside the folder only: an archive may name any path.</summary>
    private static string Locate(string folder, string name)
    {
        var path = Path.GetFullPath(Path.Combine(folder, name));
        return path.StartsWith(Path.GetFullPath(folder) + "/", StringComparison.Ordinal)
            ? path
            : throw new InvalidDataException($"'{name}' leads out of the archive.");
    }
}
