using System.Text.Json.Serialization;

namespace ContainerStages.Contracts;

/// <summary>Kinds of places that an image is published to.</summary>
public enum DestinationKind
{
    Registry,
    OciLayout,
    OciArchive,
    DockerArchive,

    /// <summary>The files of the image in a folder.</summary>
    Folder,

    /// <summary>The files of the image as one tar; <c>-</c> is standard output.</summary>
    Tar,

    /// <summary>The images of the Docker engine on this machine; the path is empty.</summary>
    DockerStore,

    /// <summary>The images of podman on this machine; the path is empty.</summary>
    PodmanStore,
}

/// <summary>
/// A place the image is published to: a reference for registries, a path otherwise. In archives and engines it is named by
/// <see cref="Names"/>.
/// </summary>
public sealed record Destination([property: JsonIgnore] DestinationKind Kind, string Value)
{
    [JsonConstructor]
    internal Destination(int kindNumber, string value)
        : this((DestinationKind)kindNumber, value)
    {
    }

    [JsonInclude, JsonPropertyName("kind")]
    internal int KindNumber => (int)Kind;

    public IReadOnlyList<string> Names { get; init; } = [];
}
