using System.Collections.Immutable;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Engines;
using ContainerStages.Images;
using ContainerStages.Oci;
using ContainerStages.Planning;
using ContainerStages.Publishing;

namespace ContainerStages;

/// <summary>One build from definition to published image, as a list of named phases.</summary>
public sealed class ContainerBuild(BuildDefinition definition, IBuildEvents events)
{
    /// <summary>False: only find out whether everything is cached; <see cref="PrivilegesNeededException"/> where it is not.</summary>
    public bool MayExecute { get; init; } = true;

    /// <summary>Called once all steps are done and publishing begins.</summary>
    public Action Executed { get; init; } = () => { };

    /// <exception cref="BuildFailedException">Something the user can mend; nothing was published, or only what the message does not name.</exception>
    public async Task<BuildResult> RunAsync(CancellationToken cancellationToken)
    {
        ContainerBuildPublishing.Check(definition);
        ContainerBuildResults.Prepare(definition);
        using var contexts = await ContainerBuildFetchedContexts.OpenAsync(ContainerBuildArguments.Apply(definition), MayExecute, cancellationToken);
        return await new ContainerBuild(contexts.Definition, events) { MayExecute = MayExecute, Executed = Executed }.RunHereAsync(contexts.DockerfileName, cancellationToken);
    }

    private async Task<BuildResult> RunHereAsync(string? dockerfileName, CancellationToken cancellationToken)
    {
        using var planned = await ContainerBuildPlanning.CreateAsync(definition, events, dockerfileName, cancellationToken);
        try
        {
            return await ExecuteAsync(planned.Plans, planned.Services, cancellationToken);
        }
        catch (BuildFailedException failure) when (OfflineDiagnostics.IsNetworkNeeded(failure))
        {
            throw await planned.Services.MissingAsync(planned.Plans, failure, cancellationToken);
        }
    }

    private async Task<BuildResult> ExecuteAsync(ImmutableArray<BuildPlan> plans, ContainerBuildServices services, CancellationToken cancellationToken)
    {
        var executed = await services.OpenEngine(MayExecute).ExecuteAsync(plans, cancellationToken);
        if (!MayExecute && definition.Destinations.Any(destination => destination.Kind is DestinationKind.Folder or DestinationKind.Tar))
        {
            throw new PrivilegesNeededException();
        }

        Executed();
        await services.Inputs.SaveAsync(cancellationToken);
        var format = FormatOf(plans);
        ImmutableArray<Image> images = [.. await Task.WhenAll(plans.Zip(executed, (plan, stage) => AssembleAsync(plan, stage, format, services, cancellationToken)))];
        var set = await ImageSet.CreateAsync(images, format, Sorted(definition.IndexAnnotations), services.Content, cancellationToken);
        return await new ContainerBuildPublishing(definition, services, events).PublishAsync(set, executed.All(stage => stage.AllCached), cancellationToken);
    }

    private ImageFormat FormatOf(ImmutableArray<BuildPlan> plans) =>
        definition.FormatOfBase && plans.All(plan => plan.BaseImage?.Manifest.MediaType == MediaTypes.DockerManifest) ? ImageFormat.Docker : definition.Format;

    private async Task<Image> AssembleAsync(BuildPlan plan, ExecutedStage executed, ImageFormat format, ContainerBuildServices services, CancellationToken cancellationToken)
    {
        var config = new ImageConfig
        {
            Created = executed.History is [.., { Created: { } created }] ? created : null,
            Author = plan.Target.Author,
            Architecture = plan.ImagePlatform.Architecture,
            Variant = plan.ImagePlatform.Variant,
            Os = plan.ImagePlatform.Os,
            Config = plan.Target.Config with { Labels = WithLabels(plan) },
            RootFs = new RootFs { DiffIds = [.. executed.Layers.Select(layer => layer.Layer.DiffId)] },
            History = executed.History,
        };
        var layers = executed.Layers.Select(layer => new ImageLayer(layer.Layer, layer.Origin));
        var image = await ImageAssembler.AssembleAsync([.. layers], [], config, format, Sorted(definition.Annotations), services.Content, cancellationToken);
        return image with { DescriptorAnnotations = Sorted(definition.DescriptorAnnotations) };
    }

    private static SortedDictionary<string, string>? Sorted(IReadOnlyDictionary<string, string> annotations) =>
        annotations.Count == 0 ? null : new SortedDictionary<string, string>(annotations.ToDictionary(), StringComparer.Ordinal);

    private SortedDictionary<string, string>? WithLabels(BuildPlan plan)
    {
        var all = new SortedDictionary<string, string>(plan.Target.Config.Labels ?? [], StringComparer.Ordinal);
        if (definition.BaseDigestLabel && plan.BaseImage?.Reference.Digest is { } digest)
        {
            all["org.opencontainers.image.base.digest"] = digest.ToString();
        }

        foreach (var (name, value) in definition.Labels)
        {
            all[name] = value;
        }

        return all.Count == 0 ? null : all;
    }
}
