using System.Collections.Immutable;
using System.Text.Json;
using ContainerStages.Content;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Oci;

namespace ContainerStages.Images;

/// <summary>Puts an image together: base layers, new layers, configuration.</summary>
internal static class ImageAssembler
{
    /// <summary>Writes configuration and manifest into the store. Equal input gives an equal digest.</summary>
    /// <param name="layers">From the bottom, those of the base image first, whose blobs need not be in the store.</param>
    /// <param name="config">
    /// The final configuration with its history; <see cref="ImageConfig.RootFs"/> is replaced by what the layers say.
    /// </param>
    /// <param name="format">Media types of the whole image; base layers are renamed where theirs differ.</param>
    /// <param name="annotations">For the manifest (OCI format only), or null.</param>
    /// <param name="store">Receives the two documents.</param>
    /// <param name="cancellationToken">Stops before anything is visible.</param>
    /// <exception cref="BuildFailedException">A layer's compression has no name in the format.</exception>
    public static async Task<Image> AssembleAsync(
        ImmutableArray<ImageLayer> layers,
        ImageConfig config,
        ImageFormat format,
        SortedDictionary<string, string>? annotations,
        IContentStore store,
        CancellationToken cancellationToken)
    {
        ImmutableArray<ImageLayer> named = [.. layers.Select(layer => Rename(layer, format))];
        var finalConfig = config with { RootFs = new RootFs { DiffIds = [.. named.Select(layer => layer.Layer.DiffId)] } };
        var configBytes = JsonSerializer.SerializeToUtf8Bytes(finalConfig, OciJson.Plain.ImageConfig);
        var (manifestType, configType) = format == ImageFormat.Docker
            ? (MediaTypes.DockerManifest, MediaTypes.DockerConfig)
            : (MediaTypes.OciManifest, MediaTypes.OciConfig);
        var manifest = new Manifest
        {
            MediaType = manifestType,
            Config = new Descriptor
            {
                MediaType = configType,
                Digest = await store.AddAsync(configBytes, cancellationToken),
                Size = configBytes.Length,
            },
            Layers = [.. named.Select(layer => layer.Layer.Descriptor)],
            Annotations = format == ImageFormat.Oci ? annotations : null,
        };
        var manifestBytes = JsonSerializer.SerializeToUtf8Bytes(manifest, OciJson.Plain.Manifest);
        return new Image
        {
            ManifestBytes = manifestBytes,
            MediaType = manifestType,
            Manifest = manifest,
            Digest = await store.AddAsync(manifestBytes, cancellationToken),
            ConfigBytes = configBytes,
            Config = finalConfig,
            Layers = named,
        };
    }

    private static ImageLayer Rename(ImageLayer layer, ImageFormat format)
    {
        var descriptor = layer.Layer.Descriptor;
        var mediaType = LayerMediaTypes.In(format, descriptor.MediaType)
            ?? throw new BuildFailedException(StoreDiagnostics.CompressionNotInDockerFormat(descriptor.Digest.ToString()));
        var annotations = format == ImageFormat.Oci ? descriptor.Annotations : null;
        return layer with
        {
            Layer = layer.Layer with { Descriptor = descriptor with { MediaType = mediaType, Annotations = annotations } },
        };
    }
}

/// <summary>Names of layer compressions in the two formats.</summary>
internal static class LayerMediaTypes
{
    private const string OciNonDistributableGzip = "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip";

    /// <summary>The media type with the same meaning in a format; null where it has none. Types that neither format knows stay.</summary>
    public static string? In(ImageFormat format, string mediaType) => (format, mediaType) switch
    {
        (ImageFormat.Oci, MediaTypes.DockerLayerGzip) => MediaTypes.OciLayerGzip,
        (ImageFormat.Oci, MediaTypes.DockerLayer) => MediaTypes.OciLayer,
        (ImageFormat.Oci, MediaTypes.DockerForeignLayerGzip) => OciNonDistributableGzip,
        (ImageFormat.Docker, MediaTypes.OciLayerGzip) => MediaTypes.DockerLayerGzip,
        (ImageFormat.Docker, MediaTypes.OciLayer) => MediaTypes.DockerLayer,
        (ImageFormat.Docker, OciNonDistributableGzip) => MediaTypes.DockerForeignLayerGzip,
        (ImageFormat.Docker, MediaTypes.OciLayerZstd) => null,
        _ => mediaType,
    };

    /// <summary>The compression a media type promises; null where it is not known.</summary>
    public static LayerCompression? CompressionOf(string mediaType) => mediaType switch
    {
        MediaTypes.OciLayerGzip or MediaTypes.DockerLayerGzip or MediaTypes.DockerForeignLayerGzip or OciNonDistributableGzip =>
            LayerCompression.Gzip,
        MediaTypes.OciLayerZstd => LayerCompression.Zstd,
        MediaTypes.OciLayer or MediaTypes.DockerLayer => LayerCompression.None,
        _ => null,
    };
}
