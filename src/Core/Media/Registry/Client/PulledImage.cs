using ContainerStages.Oci;

namespace ContainerStages.Media.Registry;

/// <summary>What a registry says an image is: manifest and configuration as their digests name them. No layer is fetched yet.</summary>
internal sealed record PulledImage
{
    /// <summary>As asked for, with the digest of the platform's manifest.</summary>
    public required ImageReference Reference { get; init; }

    public required Descriptor Descriptor { get; init; }

    /// <summary>Digest of what the name itself stands for: the index where there is one, else the manifest.</summary>
    public required Digest NamedDigest { get; init; }

    public required ReadOnlyMemory<byte> ManifestBytes { get; init; }

    public required Manifest Manifest { get; init; }

    public required ReadOnlyMemory<byte> ConfigBytes { get; init; }

    public required ImageConfig Config { get; init; }
}
