using System.Collections.Immutable;
using ContainerStages.Layers;
using ContainerStages.Oci;

namespace ContainerStages.Images;

/// <summary>
/// One image for one platform: an immutable view. Manifest and configuration are the bytes that their digests name; they are never
/// written again from the parsed form.
/// </summary>
public sealed record Image
{
    public required ReadOnlyMemory<byte> ManifestBytes { get; init; }

    public required string MediaType { get; init; }

    public required Manifest Manifest { get; init; }

    public required Digest Digest { get; init; }

    public required ReadOnlyMemory<byte> ConfigBytes { get; init; }

    public required ImageConfig Config { get; init; }

    /// <summary>From the base up, in the order of the manifest.</summary>
    public required ImmutableArray<ImageLayer> Layers { get; init; }

    /// <summary>The manifest as a document.</summary>
    public ImageDocument Document => new(MediaType, Digest, ManifestBytes);

    public Descriptor Descriptor => new()
    {
        MediaType = MediaType,
        Digest = Digest,
        Size = ManifestBytes.Length,
        Platform = Config.Platform,
        Annotations = DescriptorAnnotations,
    };

    /// <summary>For the image's entry in an index, or null; no part of the image itself.</summary>
    public SortedDictionary<string, string>? DescriptorAnnotations { get; init; }

    /// <summary>Sum of the uncompressed layers in bytes, or <see cref="LayerSizes.Unknown"/>.</summary>
    public long Size => LayerSizes.Sum(Layers.Select(layer => layer.Layer.Size));
}

/// <summary>
/// A layer of an image, with the image it came from when it was not made here: a registry that holds that image need not be sent the
/// blob, and a store that lacks the blob can fetch it from there.
/// </summary>
public sealed record ImageLayer(Layer Layer, ImageReference? Origin = null);
