using System.Globalization;
using ContainerStages.Content;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Layers;
using ContainerStages.Oci;

namespace ContainerStages.Images;

/// <summary>Checks images against the image specification, reading every byte. Findings are sentences; none means valid.</summary>
internal static class ImageValidator
{
    /// <summary>
    /// Checks documents and every layer whose blob is in the store; a missing blob is a finding unless it can be fetched from its origin.
    /// </summary>
    public static Task<IReadOnlyList<string>> ValidateAsync(Image image, IContentStore store, CancellationToken cancellationToken) =>
        ValidateAsync(image, store, [], cancellationToken);

    /// <param name="image">What is checked.</param>
    /// <param name="store">Holds the blobs.</param>
    /// <param name="inspected">What layers were found to be: images share them, and each is read once.</param>
    /// <param name="cancellationToken">Asked between entries of layers.</param>
    internal static async Task<IReadOnlyList<string>> ValidateAsync(
        Image image,
        IContentStore store,
        Dictionary<Digest, LayerInspection> inspected,
        CancellationToken cancellationToken)
    {
        var findings = new List<string>();
        CheckDocument(findings, "manifest", image.ManifestBytes, image.Digest, image.ManifestBytes.Length);
        CheckDocument(findings, "configuration", image.ConfigBytes, image.Manifest.Config.Digest, image.Manifest.Config.Size);
        await CheckStoredAsync(findings, store, image.Digest, cancellationToken);
        await CheckStoredAsync(findings, store, image.Manifest.Config.Digest, cancellationToken);
        CheckMediaTypes(findings, image);
        CheckConfig(findings, image.Config, image.Manifest.Layers.Count);
        if (!image.Layers.Select(layer => layer.Layer.Descriptor.Digest).SequenceEqual(image.Manifest.Layers.Select(layer => layer.Digest)))
        {
            findings.Add("The layers of the image are not those of its manifest.");
        }

        foreach (var (layer, origin) in image.Layers)
        {
            if (store.Contains(layer.Descriptor.Digest))
            {
                CheckLayer(findings, layer, store, inspected, cancellationToken);
            }
            else if (origin is null)
            {
                findings.Add($"Layer {layer.Descriptor.Digest} is not in the store.");
            }
        }

        return findings;
    }

    /// <summary>
    /// What a configuration must say by itself and for the number of layers of its manifest. Source: image-spec, config.md.
    /// </summary>
    internal static void CheckConfig(List<string> findings, ImageConfig config, int layers)
    {
        Require(findings, config.RootFs.Type == "layers", $"rootfs.type is '{config.RootFs.Type}', not 'layers'.");
        Require(
            findings,
            config.RootFs.DiffIds.Count == layers,
            $"The configuration has {config.RootFs.DiffIds.Count} diff ids for {layers} layers.");
        Require(findings, config.Os.Length > 0 && config.Architecture.Length > 0, "The configuration names no platform.");
        if (config.History is { } history)
        {
            var withLayer = history.Count(entry => entry.EmptyLayer != true);
            Require(findings, withLayer == layers, $"The history has {withLayer} entries with a layer for {layers} layers.");
        }

        foreach (var time in new[] { config.Created }.Concat(config.History?.Select(entry => entry.Created) ?? []))
        {
            var isTime = time is null || DateTimeOffset.TryParse(time, CultureInfo.InvariantCulture, out _);
            Require(findings, isTime, $"'{time}' is no time of RFC 3339.");
        }
    }

    private static void CheckDocument(List<string> findings, string name, ReadOnlyMemory<byte> bytes, Digest digest, long size)
    {
        var actual = Digest.Of(bytes.Span);
        Require(findings, actual == digest, $"The {name} has digest {actual}, not {digest}.");
        Require(findings, bytes.Length == size, $"The {name} has {bytes.Length} bytes, not {size}.");
    }

    private static async Task CheckStoredAsync(
        List<string> findings,
        IContentStore store,
        Digest digest,
        CancellationToken cancellationToken)
    {
        try
        {
            await store.ReadAllBytesAsync(digest, ContentStoreExtensions.DocumentLimit, cancellationToken);
        }
        catch (Exception exception) when (exception is FileNotFoundException or BuildFailedException)
        {
            findings.Add(exception.Message);
        }
    }

    private static void CheckMediaTypes(List<string> findings, Image image)
    {
        var manifest = image.Manifest;
        var format = image.MediaType == MediaTypes.DockerManifest ? ImageFormat.Docker : ImageFormat.Oci;
        Require(findings, MediaTypes.IsManifest(image.MediaType), $"'{image.MediaType}' is no media type of a manifest.");
        Require(findings, manifest.SchemaVersion == 2, $"schemaVersion is {manifest.SchemaVersion}, not 2.");
        Require(
            findings,
            manifest.MediaType == image.MediaType || (manifest.MediaType is null && format == ImageFormat.Oci),
            $"The manifest calls itself '{manifest.MediaType}', not '{image.MediaType}'.");
        var configType = format == ImageFormat.Docker ? MediaTypes.DockerConfig : MediaTypes.OciConfig;
        Require(
            findings,
            manifest.Config.MediaType == configType,
            $"The configuration has media type '{manifest.Config.MediaType}', not '{configType}'.");
        foreach (var layer in manifest.Layers)
        {
            Require(
                findings,
                LayerMediaTypes.CompressionOf(layer.MediaType) is not null,
                $"Layer {layer.Digest} has the unknown media type '{layer.MediaType}'.");
            Require(
                findings,
                LayerMediaTypes.In(format, layer.MediaType) == layer.MediaType,
                $"Layer {layer.Digest} has media type '{layer.MediaType}', which belongs to the other format.");
        }
    }

    private static void CheckLayer(
        List<string> findings,
        Layer layer,
        IContentStore store,
        Dictionary<Digest, LayerInspection> inspected,
        CancellationToken cancellationToken)
    {
        var name = layer.Descriptor.Digest.ToString();
        try
        {
            if (!inspected.TryGetValue(layer.Descriptor.Digest, out var actual))
            {
                using var blob = store.OpenRead(layer.Descriptor.Digest);
                actual = LayerInspector.Inspect(blob, name, cancellationToken);
                inspected.Add(layer.Descriptor.Digest, actual);
            }

            Require(findings, actual.Digest == layer.Descriptor.Digest, $"The blob of layer {name} has digest {actual.Digest}.");
            Require(
                findings,
                actual.BlobSize == layer.Descriptor.Size,
                $"The blob of layer {name} has {actual.BlobSize} bytes, not {layer.Descriptor.Size}.");
            Require(findings, actual.DiffId == layer.DiffId, $"Layer {name} has diff id {actual.DiffId}, not {layer.DiffId}.");
            Require(
                findings,
                layer.Size == LayerSizes.Unknown || actual.ContentSize == layer.Size,
                $"Layer {name} holds {actual.ContentSize} bytes of files, not {layer.Size}.");
            var promised = LayerMediaTypes.CompressionOf(layer.Descriptor.MediaType);
            Require(
                findings,
                promised == actual.Compression,
                $"Layer {name} is {actual.Compression}, not {promised} as its media type says.");
        }
        catch (BuildFailedException exception)
        {
            findings.Add(exception.Message);
        }
    }

    private static void Require(List<string> findings, bool condition, string finding)
    {
        if (!condition)
        {
            findings.Add(finding);
        }
    }
}
