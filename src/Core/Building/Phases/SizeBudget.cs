using ContainerStages.Diagnostics;
using ContainerStages.Images;
using ContainerStages.Layers;
using ContainerStages.Publishing;
using ContainerStages.Reporting;

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
        return image.Layers.Sum(
            layer => sizes.GetOrMeasure(session.Content, layer.Layer.Descriptor, layer.Layer.DiffId, cancellationToken));
    }

    /// <summary>Lines with size, path, layer and the instruction that made it, the largest first.</summary>
    private IEnumerable<string> LargestFiles(Image image, CancellationToken cancellationToken)
    {
        var report = new ImageReporter(session.Content).Describe(image, null, null, cancellationToken);
        return ImageReporter.Largest(report, Named).Select(one => (one.File, one.Layer, Made: report.Layers[one.Layer - 1])).Select(one =>
            PublishDiagnostics.LargeFile(
                one.File.Size, one.File.Path, one.Layer, report.Layers.Count, one.Made.Origin, one.Made.Instruction));
    }
}
