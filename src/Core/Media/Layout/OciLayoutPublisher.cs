using System.Text;
using ContainerStages.Content;
using ContainerStages.Contracts;
using ContainerStages.Images;
using ContainerStages.Oci;
using ContainerStages.Publishing;

namespace ContainerStages.Media.Layout;

/// <summary>
/// Adds an image to an OCI layout folder, made when it is missing. Blobs come first and <c>index.json</c> is replaced last, so a reader
/// sees the image whole or not. Source: image-spec, image-layout.md.
/// </summary>
/// <param name="path">The folder.</param>
/// <param name="names">Names with tags; the layout knows the image by its tags.</param>
/// <param name="store">Where the image was made.</param>
/// <param name="fetcher">Brings base layers that are not in the store; null where all are.</param>
internal sealed class OciLayoutPublisher(string path, IReadOnlyList<string> names, IContentStore store, IBlobFetcher? fetcher) : IPublisher
{
    private readonly IReadOnlyList<ImageReference> references = ImageBlobs.ParseNames(names);

    public string Destination => $"{Medium.OciLayout}:{path}";

    public async Task<PublishedImage> PublishAsync(ImageSet images, CancellationToken cancellationToken)
    {
        await ImageBlobs.FetchMissingAsync(images, store, fetcher, cancellationToken);
        return await ImageBlobs.GuardAsync(path, async () =>
        {
            Directory.CreateDirectory(path);
            await using var held = await LayoutLock.TakeAsync(path, cancellationToken);
            var layout = new DiskContentStore(path);
            var written = false;
            foreach (var blob in ImageBlobs.All(images))
            {
                written |= await CopyAsync(images, blob, layout, cancellationToken);
            }

            written |= ReplaceIndex(images);
            RemoveEmpty(Path.Combine(path, "ingest"));
            return new PublishedImage([.. references.Select(name => $"{Destination}:{name.Tag}")], [path], written);
        });
    }

    private async Task<bool> CopyAsync(ImageSet images, Descriptor blob, DiskContentStore layout, CancellationToken cancellationToken)
    {
        if (layout.Holds(blob))
        {
            return false;
        }

        await using var content = ImageBlobs.OpenVerified(images, store, blob);
        await layout.CopyAsync(content, blob.Digest, cancellationToken);
        return true;
    }

    private bool ReplaceIndex(ImageSet images)
    {
        var file = Path.Combine(path, "index.json");
        var before = File.Exists(file) ? File.ReadAllText(file) : null;
        var index = before is null ? LayoutIndex.CreateEmpty() : LayoutIndex.Parse(path, before);
        index.Add(images, references);
        var after = index.ToJson();
        if (after == before)
        {
            return false;
        }

        StoreDirectory.WriteAtomically(file, Encoding.UTF8.GetBytes(after));
        return true;
    }

    private static void RemoveEmpty(string folder)
    {
        if (Directory.Exists(folder) && !Directory.EnumerateFileSystemEntries(folder).Any())
        {
            Directory.Delete(folder);
        }
    }
}
