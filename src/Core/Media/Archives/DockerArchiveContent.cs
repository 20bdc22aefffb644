using System.Text.Json;
using ContainerStages.Content;
using ContainerStages.Images;
using ContainerStages.Layers;
using ContainerStages.Oci;

namespace ContainerStages.Media.Archives;

/// <summary>The parts of a docker archive, by name; manifest.json, which says what they are, comes last.</summary>
internal sealed class DockerArchiveContent(IContentStore content)
{
    private const int MostLinks = 16;
    private readonly Dictionary<string, byte[]> documents = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Layer> layers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> links = new(StringComparer.Ordinal);

    public int Documents => documents.Count;

    /// <summary>Without <c>./</c>, <c>..</c> and double slashes: as the archive's root sees it.</summary>
    public static string Normalize(string name) => Path.GetFullPath(name, "/")[1..];

    public void AddDocument(string name, byte[] bytes) => documents[name] = bytes;

    public void AddLayer(string name, Layer layer) => layers[name] = layer;

    /// <summary>Older engines write a layer once and link to it.</summary>
    public void AddLink(string name, TarEntry entry) =>
        links[name] = Normalize(
            entry.Kind == TarEntryKind.HardLink ? entry.LinkName : Path.Combine("/", Path.GetDirectoryName(name)!, entry.LinkName));

    /// <summary>Stores a manifest for every image and names it as the archive does.</summary>
    /// <exception cref="InvalidDataException">The archive is not whole, or is none.</exception>
    public async Task<ImageIndex> ToIndexAsync(CancellationToken cancellationToken)
    {
        var list = documents.GetValueOrDefault("manifest.json")
            ?? throw new InvalidDataException(
                "it has no manifest.json, so 'docker save' did not write it. An OCI archive is named with oci-archive:.");
        var manifests = new List<Descriptor>();
        foreach (var image in JsonSerializer.Deserialize(list, DockerArchiveJson.Default.DockerArchiveImageArray) ?? [])
        {
            var manifest = await StoreAsync(image, cancellationToken);
            var names = image!.RepoTags ?? [];
            manifests.AddRange(names.Count == 0
                ? [manifest]
                : names.Select(name => manifest with { Annotations = new(StringComparer.Ordinal) { [ImageNames.FullName] = name } }));
        }

        return new ImageIndex { MediaType = MediaTypes.OciIndex, Manifests = manifests };
    }

    private async Task<Descriptor> StoreAsync(DockerArchiveImage? image, CancellationToken cancellationToken)
    {
        if (image is not { Config: not null, Layers: not null } || image.Layers.Any(layer => layer is null))
        {
            throw new InvalidDataException("its manifest.json has an entry without configuration or layers.");
        }

        var bytes = Find(documents, image.Config);
        var config = JsonSerializer.Deserialize(bytes, OciJson.Plain.ImageConfig)
            ?? throw new InvalidDataException("a configuration is empty.");
        var found = image.Layers.Select(layer => Find(layers, layer)).ToArray();
        if (config.RootFs?.DiffIds is not { } diffIds || !found.Select(layer => layer.DiffId).SequenceEqual(diffIds))
        {
            throw new InvalidDataException("its layers are not those that the configuration names (rootfs.diff_ids).");
        }

        var manifest = JsonSerializer.SerializeToUtf8Bytes(
            new Manifest
            {
                MediaType = MediaTypes.OciManifest,
                Config = new Descriptor
                {
                    MediaType = MediaTypes.OciConfig,
                    Digest = await content.AddAsync(bytes, cancellationToken),
                    Size = bytes.Length,
                },
                Layers = [.. found.Select(layer => layer.Descriptor)],
            },
            OciJson.Plain.Manifest);
        return new Descriptor
        {
            MediaType = MediaTypes.OciManifest,
            Digest = await content.AddAsync(manifest, cancellationToken),
            Size = manifest.Length,
            Platform = config.Platform,
        };
    }

    private T Find<T>(Dictionary<string, T> parts, string name)
    {
        var place = Normalize(name);
        for (var followed = 0; followed < MostLinks && !parts.ContainsKey(place) && links.TryGetValue(place, out var target); followed++)
        {
            place = target;
        }

        return parts.TryGetValue(place, out var part) ? part : throw new InvalidDataException($"its part '{name}' is missing.");
    }
}
