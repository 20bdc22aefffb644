using System.Text.Json.Serialization;

namespace ContainerStages.Media.Archives;

/// <summary>
/// An image in manifest.json of what <c>docker save</c> writes: paths of configuration and layers. Member names are capitalised. Source:
/// Docker image specification 1.2.
/// </summary>
internal sealed record DockerArchiveImage(string Config, IReadOnlyList<string>? RepoTags, IReadOnlyList<string> Layers);

[JsonSerializable(typeof(DockerArchiveImage[]))]
internal sealed partial class DockerArchiveJson : JsonSerializerContext;
