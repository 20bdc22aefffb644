using System.Text.Json;
using System.Text.Json.Serialization;
using ContainerStages.Content;
using ContainerStages.Diagnostics;
using ContainerStages.Images;
using ContainerStages.Oci;

namespace ContainerStages.Publishing;

/// <summary>
/// Writes an image as one file that <c>docker load</c> and <c>podman load</c> read; it is an OCI archive at the same time, as
/// <c>docker save</c> writes since version 25. Source: Docker image specification 1.2, Combined Image JSON + Filesystem Changeset Format.
/// </summary>
/// <param name="path">The file.</param>
/// <param name="names">Names with tags, under which <c>docker load</c> tags the image.</param>
/// <param name="store">Where the image was made.</param>
/// <param name="fetcher">Brings base layers that are not in the store; null where all are.</param>
public sealed class DockerArchivePublisher(string path, IReadOnlyList<string> names, IContentStore store, IBlobFetcher? fetcher) : IPublisher
{
    private readonly IReadOnlyList<ImageReference> references = ImageBlobs.ParseNames(names);

    public string Destination => $"docker-archive:{path}";

    public async Task<PublishedImage> PublishAsync(ImageSet images, CancellationToken cancellationToken)
    {
        var image = images is { Images: [var only] }
            ? only
            : throw new BuildFailedException(PlatformDiagnostics.OnePlatformOnly(Destination, images.Images.Select(one => one.Config.Platform.ToString())));
        await ImageBlobs.FetchMissingAsync(image, store, fetcher, cancellationToken);
        var index = LayoutIndex.CreateEmpty();
        index.Add(image, references);
        var documents = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["index.json"] = index.ToJson(),
            ["manifest.json"] = JsonSerializer.Serialize([Describe(image)], DockerArchiveJson.Default.DockerArchiveImageArray),
            ["oci-layout"] = LayoutIndex.LayoutFile,
        };
        var written = await ImageBlobs.GuardAsync(path, () => ImageArchive.WriteAsync(path, image, store, documents, cancellationToken));
        return new PublishedImage([.. references.Select(name => name.FamiliarName)], [path], written);
    }

    private DockerArchiveImage Describe(Image image) => new(
        BlobPath(image.Manifest.Config),
        [.. references.Select(name => name.FamiliarName)],
        [.. image.Manifest.Layers.Select(BlobPath)]);

    private static string BlobPath(Descriptor blob) => $"blobs/sha256/{blob.Digest.Hex}";
}

/// <summary>An entry of manifest.json; its member names are capitalised.</summary>
internal sealed record DockerArchiveImage(string Config, IReadOnlyList<string> RepoTags, IReadOnlyList<string> Layers);

[JsonSerializable(typeof(DockerArchiveImage[]))]
internal sealed partial class DockerArchiveJson : JsonSerializerContext;
