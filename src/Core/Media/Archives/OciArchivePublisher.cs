using ContainerStages.Content;
using ContainerStages.Contracts;
using ContainerStages.Images;
using ContainerStages.Media.Files;
using ContainerStages.Media.Layout;
using ContainerStages.Oci;
using ContainerStages.Publishing;

namespace ContainerStages.Media.Archives;

/// <summary>Writes an image as one file: a tar of an OCI layout. Source: image-spec, image-layout.md.</summary>
/// <param name="path">The file.</param>
/// <param name="names">Names with tags.</param>
/// <param name="store">Where the image was made.</param>
/// <param name="fetcher">Brings base layers that are not in the store; null where all are.</param>
internal sealed class OciArchivePublisher(string path, IReadOnlyList<string> names, IContentStore store, IBlobFetcher? fetcher) : IPublisher
{
    private readonly IReadOnlyList<ImageReference> references = ImageBlobs.ParseNames(names);

    public string Destination => $"{Medium.OciArchive}:{path}";

    public async Task<PublishedImage> PublishAsync(ImageSet images, CancellationToken cancellationToken)
    {
        await ImageBlobs.FetchMissingAsync(images, store, fetcher, cancellationToken);
        var written = await ImageBlobs.GuardAsync(
            path,
            () => ImageArchive.WriteAsync(path, images, store, Documents(images, references), cancellationToken));
        return new PublishedImage([.. references.Select(name => $"{Destination}:{name.Tag}")], OutputFile.Reported(path), written);
    }

    /// <summary>What stands beside the blobs.</summary>
    internal static IReadOnlyDictionary<string, string> Documents(ImageSet images, IReadOnlyList<ImageReference> names)
    {
        var index = LayoutIndex.CreateEmpty();
        index.Add(images, names);
        return new Dictionary<string, string>(
            StringComparer.Ordinal) { ["index.json"] = index.ToJson(), ["oci-layout"] = LayoutIndex.LayoutFile };
    }
}
