using System.Collections.Immutable;
using ContainerStages.Caching;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Images;
using ContainerStages.Layers;
using ContainerStages.Oci;
using ContainerStages.Planning;
using ContainerStages.Publishing;
using ContainerStages.Reporting;
using ContainerStages.Running;

namespace ContainerStages.Building;

/// <summary>The reports that a build writes, and its bills of materials.</summary>
internal sealed class BuildReports(PlannedBuild planned, BuildTimeline timeline)
{
    private readonly BuildSession session = planned.Session;
    private readonly IReadOnlyList<string> files = planned.Definition.Outputs.Reports;

    // What the image's name stood for: the object is made before the image is published.
    private readonly NamedImage? before = FindPrevious(planned);

    public async Task WriteAsync(ImageSet images, BuildResult result, CancellationToken cancellationToken)
    {
        var withPackages = planned.Definition.Outputs.Sboms.Count > 0;
        var layers = new ImageFiles(session.Content, withPackages);
        if (files.Count > 0)
        {
            await new SideFiles(timeline).WriteAsync(
                files,
                () => MakeAsync(images, layers, result, cancellationToken),
                ReportFiles.Write,
                ReportDiagnostics.NotMade);
        }

        if (withPackages)
        {
            await new BuildSboms(planned, timeline).WriteAsync(images, layers, cancellationToken);
        }
    }

    private static NamedImage? FindPrevious(PlannedBuild planned) => planned.Definition.Outputs is { Reports.Count: > 0, Tags: var tags }
        ? tags.Select(ImageReference.Parse)
            .Select(name => planned.Session.Names.Find(name) is { } manifest ? NamedImage.Of(name, manifest) : null)
            .FirstOrDefault(named => named is not null)
        : null;

    private async Task<ReportDocument> MakeAsync(
        ImageSet images, ImageFiles layers, BuildResult result, CancellationToken cancellationToken)
    {
        var changes = new StepChanges(planned, planned.Inputs ?? new InputLog());
        var build = new StepReasons([.. planned.Plans], planned.Definition.Policy, changes).Explain(timeline.Steps, timeline.Milliseconds);
        changes.Save();
        await ImageBlobs.FetchMissingAsync(images, session.Content, session.Blobs, cancellationToken);
        var name = result.References.Concat(result.Files).FirstOrDefault() ?? "image";
        var plans = images.Images.Zip(planned.Plans)
            .ToDictionary(pair => pair.First.Digest.ToString(), pair => pair.Second, StringComparer.Ordinal);
        var report = new ImageReporter(layers).Report(
            new WholeImage(name, images.Top.Digest, images.Images),
            await PreviousAsync(cancellationToken),
            image => BaseOf(plans[image.Digest.ToString()].BaseImage),
            build,
            cancellationToken);
        return report with
        {
            Images = [.. report.Images.Select(image => image with { SingleStage = InOneStage(image, plans[image.Digest]) })],
        };
    }

    private static ReportedSingleStage? InOneStage(ReportedImage image, BuildPlan plan)
    {
        var own = SizeOf(plan.BaseImage);
        var largest = plan.Stages.Where(stage => stage != plan.Target).Select(stage => stage.BaseImage).MaxBy(SizeOf);
        return largest is not null && SizeOf(largest) > own
            ? new ReportedSingleStage(largest.Reference.FamiliarTag, image.CompressedSize - own + SizeOf(largest))
            : null;
    }

    private static long SizeOf(ImageBase? image) => image?.Manifest.Layers.Sum(layer => layer.Size) ?? 0;

    private static ReportedBase? BaseOf(ImageBase? image) => image is null
        ? null
        : new ReportedBase(image.Reference.FamiliarTag, image.Reference.Digest?.ToString(), image.Config.Created);

    /// <summary>The image that the name stood for; null where it is not here as a whole any more.</summary>
    private async Task<WholeImage?> PreviousAsync(CancellationToken cancellationToken)
    {
        if (before is null)
        {
            return null;
        }

        var images = new WholeImages(session.Content, session.Blobs, new LayerSizes(session.Store.Root));
        try
        {
            return await images.OfStoreAsync($"{before.Name.FamiliarName} before", before, null, cancellationToken);
        }
        catch (Exception missing) when (missing is BuildFailedException or FileNotFoundException)
        {
            return null;
        }
    }
}
