namespace ContainerStages.Oci;

/// <summary>Where the image that a reference names is kept.</summary>
public enum ImageTransport
{
    Registry,

    /// <summary>A folder that is an OCI layout. Source: image-spec, image-layout.md.</summary>
    OciLayout,

    /// <summary>An OCI layout in one tar.</summary>
    OciArchive,

    /// <summary>What <c>docker save</c> writes. Source: Docker image specification 1.2.</summary>
    DockerArchive,

    /// <summary>The images of a Docker engine on this machine.</summary>
    DockerStore,

    /// <summary>The images of podman on this machine.</summary>
    PodmanStore,
}
