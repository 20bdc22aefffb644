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
    private readonly StageGraph graph;
    private readonly Platform platform;
    private readonly IBuildEvents events;

    public ContainerBuildServices(BuildDefinition definition, StageGraph graph, Platform platform, IBuildEvents events)
    {
        (this.definition, this.graph, this.platform, this.events) = (definition, graph, platform, events);
        Store = new StoreDirectory(definition.Store ?? StoreDirectory.DefaultPath());
        Content = new DiskContentStore(Store.Root);
        Names = new ImageNames(Store);
        Registry = RegistryClientFactory.Create(RegistryEnvironment.OfProcess() with { Offline = definition.Offline }, definition.Mirrors, DestinationHosts(), BaseHosts());
        Blobs = new BlobFetcher(Registry, Content);
        var puller = new ImagePuller(Registry, Content);
        Inputs = new ContainerBuildInputs(definition, Store, new ImageSources(Store, Names, puller, definition.Pull || definition.Goal == BuildGoal.UpdateLock), puller);
    }

    public StoreDirectory Store { get; }

    public IContentStore Content { get; }

    public ImageNames Names { get; }

    public RegistryClient Registry { get; }

    public IBlobFetcher Blobs { get; }

    public ContainerBuildInputs Inputs { get; }

    /// <summary>Manifest and configuration of every image that the graph names, asked for side by side.</summary>
    public async Task<IReadOnlyDictionary<NamedBase, ImageBase>> ResolveImagesAsync(StageGraph stages, CancellationToken cancellationToken)
    {
        var named = stages.Stages
            .SelectMany(node => node.CopySources.Values.Prepend(node.Base).OfType<StageSource.Image>().Select(image => (Name: new NamedBase(image.Reference, node.Stage.Platform), node.Stage)))
            .DistinctBy(image => image.Name)
            .ToArray();
        var resolved = await Inputs.ResolveAsync([.. named.Select(image => (image.Name.Reference, PlatformOf(image.Stage)))], cancellationToken);
        return named.Zip(resolved).ToDictionary(pair => pair.First.Name, pair => new ImageBase(pair.Second.Reference, pair.Second.Manifest, pair.Second.Config));
    }

    /// <summary>What the store knows of a plan's steps.</summary>
    public PlanPreview OpenPreview() => new(EngineOptions(mayExecute: false), new RegistryBlobs(Registry), new NamespaceSandbox(SandboxInitCommand.ForThisProgram()));

    /// <summary>What the plan reads from elsewhere, to be fetched or looked for.</summary>
    public PlanInputs OpenInputs() => new(EngineOptions(mayExecute: false), Content, Blobs, events);

    /// <summary>
    /// True where the image gets a name in the store that is not also one in a registry: it must be whole there. What is pushed can be had again from where
    /// it was pushed, so that base layers which nobody reads need not be downloaded.
    /// </summary>
    public bool KeepsWhole
    {
        get
        {
            var pushed = definition.Destinations.Where(destination => destination.Kind == DestinationKind.Registry).Select(destination => ImageReference.Parse(destination.Value).ToString());
            return definition.Tags.Select(tag => ImageReference.Parse(tag).ToString()).Except(pushed, StringComparer.Ordinal).Any();
        }
    }

    /// <summary>True where a destination takes the layers of the target's base from the store: all but a registry that has them.</summary>
    public bool NeedsBaseLayers(BuildPlan plan) =>
        KeepsWhole
        || definition.Destinations.Any(destination => destination.Kind != DestinationKind.Registry || (plan.BaseImage is { } image && Registry.FindMountSource(ImageReference.Parse(destination.Value), image.Reference) is null));

    /// <summary>The one error for everything that an offline build lacks.</summary>
    public async Task<BuildFailedException> MissingAsync(BuildPlan plan, BuildFailedException cause, CancellationToken cancellationToken) =>
        new(OfflineDiagnostics.Missing(await OpenInputs().FindMissingAsync(plan, NeedsBaseLayers(plan), cancellationToken)), cause);

    public IEngine OpenEngine(bool mayExecute) => new EmbeddedEngine(
        EngineOptions(mayExecute),
        new RegistryBlobs(Registry),
        new NamespaceSandbox(SandboxInitCommand.ForThisProgram()),
        events);

    private EngineOptions EngineOptions(bool mayExecute) => new()
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
        Offline = definition.Offline,
        Fetched = Inputs.Learn,
    };

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

    private IEnumerable<string> BaseHosts() =>
        graph.Stages.SelectMany(node => node.CopySources.Values.Prepend(node.Base)).OfType<StageSource.Image>().Select(image => image.Reference.Registry);

    private Platform PlatformOf(Stage stage) => stage.Platform is not { } text
        ? platform
        : Platform.TryParse(text) ?? throw new BuildFailedException(PlanDiagnostics.BadPlatform(text, stage.Location));
}
