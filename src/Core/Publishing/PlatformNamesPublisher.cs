using ContainerStages.Images;

namespace ContainerStages.Publishing;

/// <summary>Publishes an index, and then single images of it under names of their own.</summary>
/// <param name="whole">Publishes what is given.</param>
/// <param name="others">The images of an index that have a name, each with what publishes it.</param>
internal sealed class PlatformNamesPublisher(
    IPublisher whole, Func<ImageSet, IEnumerable<(ImageSet Image, IPublisher Publisher)>> others) : IPublisher
{
    public string Destination => whole.Destination;

    /// <returns>What the whole has; written also where only one of the others was.</returns>
    /// <inheritdoc/>
    public async Task<PublishedImage> PublishAsync(ImageSet images, CancellationToken cancellationToken)
    {
        var published = await whole.PublishAsync(images, cancellationToken);
        foreach (var (image, publisher) in others(images))
        {
            var written = (await publisher.PublishAsync(image, cancellationToken)).Written;
            published = published with { Written = published.Written || written };
        }

        return published;
    }
}
