namespace ContainerStages.Contracts;

/// <summary>What an image says of itself: its labels, and the annotations of its manifests.</summary>
public sealed record ImageMetadata
{
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>
    /// True: the label <c>org.opencontainers.image.base.digest</c> names the manifest that the image stands on; scratch has none.
    /// </summary>
    public bool BaseDigestLabel { get; init; }

    /// <summary>For the manifest.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>For the index of an image for several platforms.</summary>
    public IReadOnlyDictionary<string, string> IndexAnnotations { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>For the entry of the manifest in an index, also that of a layout.</summary>
    public IReadOnlyDictionary<string, string> DescriptorAnnotations { get; init; } =
        new Dictionary<string, string>(StringComparer.Ordinal);
}
