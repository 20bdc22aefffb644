using System.Collections.Immutable;
using ContainerStages.Contracts;
using ContainerStages.Engines;
using ContainerStages.Images;
using ContainerStages.Oci;
using ContainerStages.Planning;

namespace ContainerStages.Building;

/// <summary>Makes images of the layers and the history of target stages, and an index where there are several platforms.</summary>
internal sealed class ImageAssembly(PlannedBuild planned)
{
    private readonly BuildDefinition definition = planned.Definition;

    /// <param name="executed">For each plan, in their order.</param>
    public async Task<ImageSet> AssembleAsync(ImmutableArray<ExecutedStage> executed, CancellationToken cancellationToken)
    {
        ImmutableArray<Image> images =
            [.. await Task.WhenAll(planned.Plans.Zip(executed, (plan, stage) => AssembleAsync(plan, stage, cancellationToken)))];
        return await ImageSet.CreateAsync(
            images, Format, Sorted(definition.Metadata.IndexAnnotations), planned.Session.Content, cancellationToken);
    }

    private ImageFormat Format =>
        definition.Form.FormatOfBase && planned.Plans.All(plan => plan.BaseImage?.Manifest.MediaType == MediaTypes.DockerManifest)
            ? ImageFormat.Docker
            : definition.Form.Format;

    private async Task<Image> AssembleAsync(BuildPlan plan, ExecutedStage executed, CancellationToken cancellationToken)
    {
        var config = new ImageConfig
        {
            Created = executed.History is [.., { Created: { } created }] ? created : null,
            Author = plan.Target.Author,
            Architecture = plan.ImagePlatform.Architecture,
            Variant = plan.ImagePlatform.Variant,
            Os = plan.ImagePlatform.Os,
            Config = plan.Target.Config with { Labels = LabelsOf(plan) },
            RootFs = new RootFs { DiffIds = [.. executed.Layers.Select(layer => layer.Layer.DiffId)] },
            History = executed.History,
        };
        var image = await ImageAssembler.AssembleAsync(
            executed.Layers, config, Format, Sorted(definition.Metadata.Annotations), planned.Session.Content, cancellationToken);
        return image with { DescriptorAnnotations = Sorted(definition.Metadata.DescriptorAnnotations) };
    }

    private static SortedDictionary<string, string>? Sorted(IReadOnlyDictionary<string, string> annotations) =>
        annotations.Count == 0 ? null : new SortedDictionary<string, string>(annotations.ToDictionary(), StringComparer.Ordinal);

    private SortedDictionary<string, string>? LabelsOf(BuildPlan plan)
    {
        var all = new SortedDictionary<string, string>(plan.Target.Config.Labels ?? [], StringComparer.Ordinal);
        if (definition.Metadata.BaseDigestLabel && plan.BaseImage?.Reference.Digest is { } digest)
        {
            all["org.opencontainers.image.base.digest"] = digest.ToString();
        }

        foreach (var (name, value) in definition.Metadata.Labels)
        {
            all[name] = value;
        }

        return all.Count == 0 ? null : all;
    }
}
