using ContainerStages.Images;
using ContainerStages.Publishing;

namespace ContainerStages.Media.Files;

/// <summary>Writes the files of an image into a folder. Source: docker buildx build, --output type=local.</summary>
internal sealed class FolderPublisher(string path, ImageFiles files) : IPublisher
{
    public string Destination => path;

    public async Task<PublishedImage> PublishAsync(ImageSet images, CancellationToken cancellationToken)
    {
        await files.CopyAsync(images, path, cancellationToken);
        return new PublishedImage([], [path], Written: true);
    }
}
