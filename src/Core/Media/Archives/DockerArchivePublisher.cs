using System.Text.Json;
using ContainerStages.Content;
using ContainerStages.Contracts;
using ContainerStages.Images;
using ContainerStages.Media.Files;
using ContainerStages.Oci;
using ContainerStages.Publishing;

namespace ContainerStages.Media.Archives;

/// <summary>
/// Writes an image as one file that <c>docker load</c> and <c>podman load</c> read; it is an OCI archive at the same time, as
/// <c>docker save</c> writes since version 25. Source: Docker image specification 1.2, Combined Image JSON + Filesystem Changeset Format.
/// </summary>
/// <param name="path">The file.</param>
/// <param name="names">Names with tags, under which <c>docker load</c> tags the image.</param>
/// <param name="store">Where the image was made.</param>
/// <param name="fetcher">Brings base layers that are not in the store; null where all are.</param>
internal sealed class DockerArchivePublisher(string path, IReadOnlyList<string> names, IContentStore store, IBlobFetcher? fetcher)
    : IPublisher
{
    private readonly IReadOnlyList<ImageReference> references = ImageBlobs.ParseNames(names);

    public string Destination => $"{Medium.DockerArchive}:{path}";

    public async Task<PublishedImage> PublishAsync(ImageSet images, CancellationToken cancellationToken)
    {
        var image = ImageBlobs.Only(images, Destination);
        await ImageBlobs.FetchMissingAsync(image, store, fetcher, cancellationToken);
        var written = await ImageBlobs.GuardAsync(
            path,
            () => ImageArchive.WriteAsync(path, image, store, Documents(image, references), cancellationToken));
        return new PublishedImage([.. references.Select(name => name.FamiliarName)], OutputFile.Reported(path), written);
    }

    /// <summary>What stands beside the blobs.</summary>
    internal static IReadOnlyDictionary<string, string> Documents(Image image, IReadOnlyList<ImageReference> names)
    {
        var described = new DockerArchiveImage(
            BlobPath(image.Manifest.Config),
            [.. names.Select(name => name.FamiliarName)],
            [.. image.Manifest.Layers.Select(BlobPath)]);
        return new Dictionary<string, string>(OciArchivePublisher.Documents(image, names), StringComparer.Ordinal)
        {
            ["manifest.json"] = JsonSerializer.Serialize([described], DockerArchiveJson.Default.DockerArchiveImageArray),
        };
    }

    private static string BlobPath(Descriptor blob) => $"blobs/sha256/{blob.Digest.Hex}";
}
