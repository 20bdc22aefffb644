using System.Collections.Immutable;
using System.Text.Json;
using ContainerStages.Content;
using ContainerStages.Contracts;
using ContainerStages.Oci;

namespace ContainerStages.Images;

/// <summary>What a name stands for: one image, or an index of one image per platform. Immutable.</summary>
internal sealed record ImageSet
{
    private ImageSet(ImmutableArray<Image> images, ImageDocument? index) => (Images, Index) = (images, index);

    /// <summary>At least one; several where there is an index, in its order.</summary>
    public ImmutableArray<Image> Images { get; }

    /// <summary>Null where there is one image.</summary>
    public ImageDocument? Index { get; }

    /// <summary>The document that names stand for: the index, else the one manifest.</summary>
    public ImageDocument Top => Index ?? Images[0].Document;

    /// <summary>An index belongs to no platform.</summary>
    public Descriptor Descriptor => Index is null ? Images[0].Descriptor : Index.Descriptor;

    /// <summary>The manifests behind an index, then the document that names stand for: nobody sees a name before what it needs.</summary>
    public IEnumerable<ImageDocument> Documents => Index is null ? [Top] : [.. Images.Select(image => image.Document), Index];

    public static implicit operator ImageSet(Image image) => new([image], null);

    /// <summary>Writes the index of several images into the store; one image stands for itself.</summary>
    /// <param name="images">One per platform, at least one.</param>
    /// <param name="format">Media type of the index.</param>
    /// <param name="annotations">Of the index, or null.</param>
    public static async Task<ImageSet> CreateAsync(
        ImmutableArray<Image> images,
        ImageFormat format,
        SortedDictionary<string, string>? annotations,
        IContentStore store,
        CancellationToken cancellationToken)
    {
        if (images.Length == 1)
        {
            return images[0];
        }

        var index = new ImageIndex
        {
            MediaType = format == ImageFormat.Docker ? MediaTypes.DockerIndex : MediaTypes.OciIndex,
            Manifests = [.. images.Select(image => image.Descriptor)],
            Annotations = annotations,
        };
        var bytes = JsonSerializer.SerializeToUtf8Bytes(index, OciJson.Plain.ImageIndex);
        return new ImageSet(images, new ImageDocument(index.MediaType, await store.AddAsync(bytes, cancellationToken), bytes));
    }
}

/// <summary>A manifest or an index as the bytes that its digest names.</summary>
public sealed record ImageDocument(string MediaType, Digest Digest, ReadOnlyMemory<byte> Bytes)
{
    public Descriptor Descriptor => new() { MediaType = MediaType, Digest = Digest, Size = Bytes.Length };
}
