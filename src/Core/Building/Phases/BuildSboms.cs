using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Images;
using ContainerStages.Oci;
using ContainerStages.Publishing;
using ContainerStages.Reporting;

namespace ContainerStages.Building;

/// <summary>The bills of materials that a build writes.</summary>
/// <param name="planned">The build.</param>
/// <param name="events">Hears warnings.</param>
internal sealed class BuildSboms(PlannedBuild planned, IBuildEvents events)
{
    private readonly BuildSession session = planned.Session;

    /// <param name="layers">Reads the layers, packages included.</param>
    public Task WriteAsync(ImageSet images, ImageFiles layers, CancellationToken cancellationToken)
    {
        var outputs = planned.Definition.Outputs;
        return new SideFiles(events).WriteAsync(
            outputs.Sboms,
            async () =>
            {
                await ImageBlobs.FetchMissingAsync(images, session.Content, session.Blobs, cancellationToken);
                return Make(images, layers, outputs, cancellationToken);
            },
            SbomFiles.Write,
            SbomDiagnostics.NotMade);
    }

    private BillOfMaterials Make(ImageSet images, ImageFiles layers, BuildOutputs outputs, CancellationToken cancellationToken)
    {
        var name = outputs.Destinations.Where(destination => destination.Medium == Medium.Registry)
            .Select(destination => destination.Value).Concat(outputs.Tags).FirstOrDefault();
        var bases = images.Images.Zip(planned.Plans).ToDictionary(pair => pair.First.Digest, pair => pair.Second.BaseImage?.Reference);
        return new BillWriter(name is null ? null : ImageReference.Parse(name), new WholeImage("image", images.Top.Digest, images.Images))
            .Write(PackagesOf, image => bases[image.Digest]);

        ImagePackages PackagesOf(Image image)
        {
            var found = layers.PackagesOf(image, cancellationToken);
            foreach (var (path, _, problem) in found.Problems)
            {
                events.Report(new DiagnosticReported(SbomDiagnostics.FileNotRead(path, problem!)));
            }

            return found;
        }
    }
}
