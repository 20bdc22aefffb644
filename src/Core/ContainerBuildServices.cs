using ContainerStages.Content;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Dockerfile;
using ContainerStages.Engines;
using ContainerStages.Images;
using ContainerStages.Oci;
using ContainerStages.Planning;
using ContainerStages.Registry;
using ContainerStages.Sandboxing;
using ContainerStages.Sources;
using ContainerStages.Stages;

namespace ContainerStages;

/// <summary>Everything one build works with, opened from its definition.</summary>
internal sealed class ContainerBuildServices : IDisposable
{
    private readonly BuildDefinition definition;
    private readonly IBuildEvents events;
    private readonly ImageSources sources;

    public ContainerBuildServices(BuildDefinition definition, IReadOnlyList<PlatformStages> stages, IBuildEvents events)
    {
        (this.definition, this.events) = (definition, events);
        var opened = new ContainerBuildStore(definition.Store);
        (Store, Content, Names) = (opened.Directory, opened.Content, opened.Names);
        Registry = RegistryClientFactory.Create(RegistryEnvironment.OfProcess(), definition.Mirrors, DestinationHosts(), BaseHosts(stages));
        Blobs = new BlobFetcher(Registry, Content);
        sources = opened.OpenSources(Registry, definition.Pull);
    }

    public StoreDirectory Store { get; }

    public IContentStore Content { get; }

    public ImageNames Names { get; }

    public RegistryClient Registry { get; }

    public IBlobFetcher Blobs { get; }

    /// <summary>Manifest and configuration of every image that the graph names, asked for side by side.</summary>
    public async Task<IReadOnlyDictionary<NamedBase, ImageBase>> ResolveImagesAsync(StageGraph stages, Platform platform, CancellationToken cancellationToken)
    {
        var named = stages.Stages
            .SelectMany(node => node.CopySources.Values.Prepend(node.Base).OfType<StageSource.Image>().Select(image => (Name: new NamedBase(image.Reference, node.Stage.Platform), node.Stage)))
            .DistinctBy(image => image.Name)
            .ToArray();
        var resolved = await Task.WhenAll(named.Select(async image => (image.Name, Image: await sources.ResolveAsync(image.Name.Reference, PlatformOf(image.Stage, platform), cancellationToken))));
        return resolved.ToDictionary(image => image.Name, image => new ImageBase(image.Image.Reference, image.Image.Manifest, image.Image.Config));
    }

    public IEngine OpenEngine(bool mayExecute) => new EmbeddedEngine(
        new EngineOptions
        {
            Store = Store,
            ContextDirectory = definition.ContextDirectory,
            ContextFilter = new ContextFilter(IgnoreFile.ReadFor(definition.ContextDirectory, definition.Dockerfile, ContainerBuildStages.IgnoreRules(definition))),
            Epoch = definition.SourceDateEpoch ?? 0,
            NoCache = definition.NoCache,
            NoCacheStages = definition.NoCacheFilter.ToHashSet(StageNames.Comparer),
            Commands = CommandSettings(),
            MayExecute = mayExecute,
            Format = definition.Format,
        },
        new RegistryBlobs(Registry),
        new NamespaceSandbox(SandboxInitCommand.ForThisProgram()),
        events);

    private CommandSettings CommandSettings() => new()
    {
        Secrets = definition.Secrets,
        Agents = definition.Ssh,
        AllowInsecure = definition.Allow.Contains("security.insecure"),
        Network = definition.Network,
        SharedMemory = definition.ShmSize,
        Limits = [.. definition.Ulimits.Select(limit => new SandboxLimit(ResourceLimits.NumberOf(limit.Name), (ulong)limit.Soft, (ulong)limit.Hard))],
        ExtraHosts = [.. definition.AddHosts.Select(host => (host.Address, host.Name))],
    };

    public void Dispose() => Registry.Dispose();

    private IEnumerable<string> DestinationHosts() =>
        definition.Destinations.Where(destination => destination.Kind == DestinationKind.Registry).Select(destination => ImageReference.Parse(destination.Value).Registry);

    private static IEnumerable<string> BaseHosts(IReadOnlyList<PlatformStages> stages) =>
        stages.SelectMany(one => one.Graph.Stages).SelectMany(node => node.CopySources.Values.Prepend(node.Base)).OfType<StageSource.Image>().Select(image => image.Reference.Registry);

    private static Platform PlatformOf(Stage stage, Platform platform) => stage.Platform is not { } text
        ? platform
        : Platform.TryParse(text) ?? throw new BuildFailedException(PlanDiagnostics.BadPlatform(text, stage.Location));
}
