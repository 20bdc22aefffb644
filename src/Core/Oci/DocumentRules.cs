namespace ContainerStages.Oci;

/// <summary>
/// What documents of strangers must hold beyond being JSON of the right shape, so that nothing after them has to ask again.
/// Source: image-spec, manifest.md, image-index.md, config.md, descriptor.md.
/// </summary>
internal static class DocumentRules
{
    /// <summary>As many as an overlay mount can have. Source: Linux, fs/overlayfs, OVL_MAX_STACK.</summary>
    public const int MostLayers = 500;

    /// <summary>Most bytes that an image or a blob may claim to have: 1 PiB, so that sums over many images stay numbers.</summary>
    public const long MostBytes = 1L << 50;

    /// <summary>What is wrong with a manifest, as the end of a sentence; null for nothing.</summary>
    public static string? ProblemOf(Manifest manifest) =>
        manifest.Config is null ? "it names no configuration."
        : manifest.Layers is null ? "it has no list of layers."
        : manifest.Layers.Count > MostLayers ? $"it has {manifest.Layers.Count} layers; at most {MostLayers} can be used."
        : manifest.Layers.Prepend(manifest.Config).Select(ProblemOf).FirstOrDefault(problem => problem is not null)
            ?? (manifest.Layers.Sum(layer => layer.Size) > MostBytes
            ? "its layers have more bytes together than there are anywhere."
            : null);

    /// <inheritdoc cref="ProblemOf(Manifest)"/>
    public static string? ProblemOf(ImageIndex index) =>
        index.Manifests is null ? "it has no list of manifests."
        : index.Manifests.Select(ProblemOf).FirstOrDefault(problem => problem is not null);

    /// <inheritdoc cref="ProblemOf(Manifest)"/>
    public static string? ProblemOf(ImageConfig config, Manifest manifest) =>
        config.RootFs?.DiffIds is not { } diffIds ? "it has no rootfs with diff ids."
        : diffIds.Count != manifest.Layers.Count ? $"it has {diffIds.Count} diff ids for {manifest.Layers.Count} layers."
        : config.Os is null || config.Architecture is null ? "it names no platform."
        : config.History?.Any(entry => entry is null) == true ? "its history has an empty entry."
        : null;

    private static string? ProblemOf(Descriptor? descriptor) =>
        descriptor is null ? "it has an empty entry."
        : descriptor.MediaType is null ? $"{descriptor.Digest} has no media type."
        : descriptor.Size is < 0 or > MostBytes ? $"{descriptor.Digest} has a size of {descriptor.Size} bytes."
        : null;
}
