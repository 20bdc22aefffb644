using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Images;
using ContainerStages.Oci;
using ContainerStages.Publishing;
using ContainerStages.Reporting;

namespace ContainerStages.Building;

/// <summary>
/// The bills of materials that a build writes. Nothing that goes wrong with them ends the build: the image is published then.
/// </summary>
/// <param name="planned">The build.</param>
/// <param name="events">Hears warnings.</param>
internal sealed class BuildSboms(PlannedBuild planned, IBuildEvents events)
{
    private readonly BuildSession session = planned.Session;

    /// <param name="layers">Reads the layers, packages included.</param>
    public async Task WriteAsync(ImageSet images, ImageFiles layers, CancellationToken cancellationToken)
    {
        var outputs = planned.Definition.Outputs;
        try
        {
            await ImageBlobs.FetchMissingAsync(images, session.Content, session.Blobs, cancellationToken);
            var bill = Make(images, layers, outputs, cancellationToken);
            foreach (var file in outputs.Sboms)
            {
                Write(bill, file);
            }
        }
        catch (BuildFailedException failed)
        {
            Warn(SbomDiagnostics.NotMade(string.Join(", ", outputs.Sboms), failed.Diagnostics[0].Message));
        }
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

    private void Write(BillOfMaterials bill, string file)
    {
        try
        {
            SbomFiles.Write(bill, file);
        }
        catch (BuildFailedException refused)
        {
            Warn(refused.Diagnostics[0]);
        }
    }

    private void Warn(Diagnostic problem) => events.Report(new DiagnosticReported(ReportDiagnostics.AsWarning(problem)));
}
