namespace ContainerStages.Oci;

/// <summary>Media types. Source: image-spec, media-types.md; Docker image manifest version 2, schema 2.</summary>
internal static class MediaTypes
{
    public const string OciIndex = "application/vnd.oci.image.index.v1+json";
    public const string OciManifest = "application/vnd.oci.image.manifest.v1+json";
    public const string OciConfig = "application/vnd.oci.image.config.v1+json";
    public const string OciLayer = "application/vnd.oci.image.layer.v1.tar";
    public const string OciLayerGzip = "application/vnd.oci.image.layer.v1.tar+gzip";
    public const string OciLayerZstd = "application/vnd.oci.image.layer.v1.tar+zstd";

    public const string DockerIndex = "application/vnd.docker.distribution.manifest.list.v2+json";
    public const string DockerManifest = "application/vnd.docker.distribution.manifest.v2+json";
    public const string DockerConfig = "application/vnd.docker.container.image.v1+json";
    public const string DockerLayer = "application/vnd.docker.image.rootfs.diff.tar";
    public const string DockerLayerGzip = "application/vnd.docker.image.rootfs.diff.tar.gzip";
    public const string DockerForeignLayerGzip = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip";

    private const string OciLayers = "application/vnd.oci.image.layer.";
    private const string DockerLayers = "application/vnd.docker.image.rootfs.";

    public static bool IsIndex(string mediaType) => mediaType is OciIndex or DockerIndex;

    public static bool IsManifest(string mediaType) => mediaType is OciManifest or DockerManifest;

    /// <summary>True for the layers of container images; an encrypted one is none that can be read.</summary>
    public static bool IsLayer(string mediaType) =>
        (mediaType.StartsWith(OciLayers, StringComparison.Ordinal) || mediaType.StartsWith(DockerLayers, StringComparison.Ordinal))
            && !mediaType.EndsWith("+encrypted", StringComparison.Ordinal);

    /// <summary>
    /// True for layers that may not be handed on, and are fetched from where their descriptor says. Source: image-spec, layer.md,
    /// Non-Distributable Layers.
    /// </summary>
    public static bool IsForeignLayer(string mediaType) =>
        mediaType.StartsWith(OciLayers + "nondistributable.", StringComparison.Ordinal)
            || mediaType.StartsWith(DockerLayers + "foreign.", StringComparison.Ordinal);
}
