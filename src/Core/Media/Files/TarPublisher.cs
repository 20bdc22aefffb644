using ContainerStages.Images;
using ContainerStages.Publishing;

namespace ContainerStages.Media.Files;

/// <summary>Writes the files of an image as one tar. Source: docker buildx build, --output type=tar.</summary>
internal sealed class TarPublisher(string path, ImageFiles files) : IPublisher
{
    public string Destination => path;

    public async Task<PublishedImage> PublishAsync(ImageSet images, CancellationToken cancellationToken)
    {
        await files.WriteTarAsync(images, path, cancellationToken);
        return new PublishedImage([], OutputFile.Reported(path), Written: true);
    }
}
