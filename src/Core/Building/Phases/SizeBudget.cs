using ContainerStages.Diagnostics;
using ContainerStages.Images;
using ContainerStages.Layers;
using ContainerStages.Publishing;

namespace ContainerStages.Building;

/// <summary>Holds images to the size that the definition allows.</summary>
internal sealed class SizeBudget(PlannedBuild planned)
{
    private const int Named = 10;
    private readonly BuildSession session = planned.Session;

    /// <exception cref="BuildFailedException">An image is larger; the message names its largest files.</exception>
    public async Task CheckAsync(ImageSet images, CancellationToken cancellationToken)
    {
        if (planned.Definition.Outputs.MaxSize is not { } most)
        {
            return;
        }

        if (images.Images.Any(image => image.Size == LayerSizes.Unknown || image.Size > most))
        {
            await ImageBlobs.FetchMissingAsync(images, session.Content, session.Blobs, cancellationToken);
        }

        foreach (var image in images.Images)
        {
            var size = image.Size == LayerSizes.Unknown ? Measure(image, cancellationToken) : image.Size;
            if (size > most)
            {
                throw new BuildFailedException(PublishDiagnostics.TooLarge(
                    images.Index is null ? null : image.Config.Platform.ToString(), size, most, LargestFiles(image, cancellationToken)));
            }
        }
    }

    private long Measure(Image image, CancellationToken cancellationToken)
    {
        var sizes = new LayerSizes(session.Store.Root);
        return image.Layers.Sum(layer => sizes.GetOrMeasure(session.Content, layer.Layer.Descriptor, layer.Layer.DiffId, cancellationToken));
    }

    /// <summary>Lines with size, path, layer and the instruction that made it, the largest first. A file that two layers hold is there twice, as in the image.</summary>
    private List<string> LargestFiles(Image image, CancellationToken cancellationToken)
    {
        var files = new PriorityQueue<(long Size, string Path, int Layer), long>();
        foreach (var (index, layer) in image.Layers.Index())
        {
            var blob = layer.Layer.Descriptor;
            using var stream = ImageBlobs.OpenVerified(image, session.Content, blob);
            LayerInspector.Inspect(stream, blob.Digest.ToString(), cancellationToken, (path, size) =>
            {
                if (size > 0)
                {
                    files.Enqueue((size, path, index), size);
                }

                if (files.Count > Named)
                {
                    files.Dequeue();
                }
            });
        }

        var instructions = image.Config.History?.Where(entry => entry.EmptyLayer != true).Select(entry => entry.CreatedBy ?? "").ToArray() ?? [];
        return
        [
            .. files.UnorderedItems.Select(item => item.Element)
                .OrderByDescending(file => file.Size).ThenBy(file => file.Path, StringComparer.Ordinal)
                .Select(file => PublishDiagnostics.LargeFile(
                    file.Size, file.Path, file.Layer + 1, image.Layers.Length, image.Layers[file.Layer].Origin?.FamiliarName.Split('@')[0], instructions.ElementAtOrDefault(file.Layer))),
        ];
    }
}
