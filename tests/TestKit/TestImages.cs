using System.Collections.Immutable;
using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ContainerStages.Images;
using ContainerStages.Layers;
using ContainerStages.Oci;

namespace ContainerStages.TestKit;

/// <summary>Small hand-made images whose layers are in a store.</summary>
public static class TestImages
{
    /// <summary>One gzip layer for each text, holding it as a file of its own, from the base up.</summary>
    public static Image Create(TestContentStore store, string architecture = "amd64", params string[] texts)
    {
        var layers = texts.Select((text, index) => CreateLayer(store, $"file{index}", Encoding.UTF8.GetBytes(text))).ToList();
        return Assemble(store, architecture, layers.Select(layer => new ImageLayer(layer)));
    }

    /// <summary>A layer with one file of bytes that do not compress.</summary>
    public static Layer CreateRandomLayer(TestContentStore store, int size) =>
        CreateLayer(store, "random", RandomNumberGenerator.GetBytes(size));

    public static Image Assemble(TestContentStore store, string architecture, IEnumerable<ImageLayer> layers)
    {
        var all = layers.ToImmutableArray();
        var config = new ImageConfig
        {
            Architecture = architecture,
            Os = "linux",
            RootFs = new RootFs { DiffIds = [.. all.Select(layer => layer.Layer.DiffId)] },
        };
        var configBytes = JsonSerializer.SerializeToUtf8Bytes(config, OciJson.Plain.ImageConfig);
        var manifest = new Manifest
        {
            MediaType = MediaTypes.OciManifest,
            Config = new Descriptor { MediaType = MediaTypes.OciConfig, Digest = store.Add(configBytes), Size = configBytes.Length },
            Layers = [.. all.Select(layer => layer.Layer.Descriptor)],
        };
        var manifestBytes = JsonSerializer.SerializeToUtf8Bytes(manifest, OciJson.Plain.Manifest);
        return new Image
        {
            ManifestBytes = manifestBytes,
            MediaType = MediaTypes.OciManifest,
            Manifest = manifest,
            Digest = Digest.Of(manifestBytes),
            ConfigBytes = configBytes,
            Config = config,
            Layers = all,
        };
    }

    private static Layer CreateLayer(TestContentStore store, string name, byte[] content)
    {
        using var tar = new MemoryStream();
        using (var writer = new TarWriter(tar, TarEntryFormat.Ustar, leaveOpen: true))
        {
            writer.WriteEntry(new UstarTarEntry(
                TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content), ModificationTime = DateTimeOffset.UnixEpoch });
        }

        using var blob = new MemoryStream();
        using (var gzip = new GZipStream(blob, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(tar.ToArray());
        }

        var descriptor = new Descriptor { MediaType = MediaTypes.OciLayerGzip, Digest = store.Add(blob.ToArray()), Size = blob.Length };
        return new Layer(descriptor, Digest.Of(tar.ToArray()), content.Length);
    }
}
