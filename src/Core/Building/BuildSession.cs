using System.Collections.Immutable;
using ContainerStages.Caching;
using ContainerStages.Content;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Dockerfile;
using ContainerStages.Engines;
using ContainerStages.Images;
using ContainerStages.Media.Registry;
using ContainerStages.Oci;
using ContainerStages.Planning;
using ContainerStages.Sandboxing;
using ContainerStages.Sources;
using ContainerStages.Stages;

namespace ContainerStages.Building;

/// <summary>What one build works with, opened from its definition.</summary>
internal sealed class BuildSession : IDisposable
{
    private readonly BuildDefinition definition;
    private readonly IBuildEvents events;

    public BuildSession(BuildDefinition definition, IReadOnlyList<PlatformStages> stages, IBuildEvents events)
    {
        (this.definition, this.events) = (definition, events);
        var opened = new EmbeddedStore(definition.Policy.Store, damage => events.Report(new DiagnosticReported(damage)));
        (Store, Content, Names) = (opened.Directory, opened.Content, opened.Names);
        Registry = RegistryClientFactory.Create(
            RegistryEnvironment.OfProcess() with { Offline = definition.Policy.Offline },
            definition.Policy.Mirrors,
            DestinationHosts(),
            BaseHosts(stages),
            events);
        Blobs = new BlobFetcher(Registry, Content);
        Memory = new StoreMemory(Store);
        Inputs = new LockedInputs(
            definition, Store, opened.OpenSources(Registry, definition.Policy.Pull || definition.Goal == BuildGoal.UpdateLock));
    }

    public StoreDirectory Store { get; }

    public DiskContentStore Content { get; }

    public ImageNames Names { get; }

    public RegistryClient Registry { get; }

    public IBlobFetcher Blobs { get; }

    public LockedInputs Inputs { get; }

    /// <summary>What earlier builds found out, here or on other machines.</summary>
    public IStepMemory Memory { get; set; }

    public bool IsOffline => definition.Policy.Offline;

    /// <summary>Manifest and configuration of every image that the graph names, asked for side by side.</summary>
    public async Task<IReadOnlyDictionary<NamedBase, ImageBase>> ResolveImagesAsync(
        StageGraph stages, Platform platform, CancellationToken cancellationToken)
    {
        var named = stages.Stages
            .SelectMany(node => node.CopySources.Values.Prepend(node.Base)
                .OfType<StageSource.Image>()
                .Select(image => (Name: new NamedBase(image.Reference, node.Stage.Platform), node.Stage)))
            .DistinctBy(image => image.Name)
            .ToArray();
        var resolved = await Inputs.ResolveAsync(
            [.. named.Select(image => (image.Name.Reference, PlatformOf(image.Stage, platform), image.Stage.FromAdvice))],
            cancellationToken);
        return named.Zip(resolved)
            .ToDictionary(pair => pair.First.Name, pair => new ImageBase(pair.Second.Reference, pair.Second.Manifest, pair.Second.Config));
    }

    /// <summary>What the plan reads from elsewhere, to be fetched or looked for.</summary>
    public PlanInputs OpenInputs() => new(Fetching, Content, Blobs, events);

    /// <summary>
    /// True where the image gets a name in the store that is not also one in a registry: it must be whole there. What is pushed can be had
    /// again from where it was pushed, so that base layers which nobody reads need not be downloaded.
    /// </summary>
    public bool KeepsWhole
    {
        get
        {
            var pushed = definition.Outputs.Destinations.Where(destination => destination.Medium == Medium.Registry)
                .Select(destination => ImageReference.Parse(destination.Value).ToString());
            return definition.Outputs.Tags.Select(tag => ImageReference.Parse(tag).ToString()).Except(pushed, StringComparer.Ordinal).Any();
        }
    }

    /// <summary>True where a destination takes the layers of the target's base from the store: all but a registry that has them.</summary>
    public bool NeedsBaseLayers(BuildPlan plan) =>
        KeepsWhole
        || definition.Outputs.Destinations.Any(destination => destination.Medium != Medium.Registry
            || (plan.BaseImage is { } image && Registry.FindMountSource(ImageReference.Parse(destination.Value), image.Reference) is null));

    /// <summary>The one error for everything that an offline build lacks: what steps read whose results are not here.</summary>
    public async Task<BuildFailedException> MissingAsync(
        IEnumerable<BuildPlan> plans, Forecast forecast, BuildFailedException cause, CancellationToken cancellationToken)
    {
        var inputs = OpenInputs();
        var missing = await Task.WhenAll(
            plans.Select(plan => inputs.FindMissingAsync(plan, forecast, NeedsBaseLayers(plan), cancellationToken)));
        string[] lines = [.. missing.SelectMany(lacking => lacking).Distinct(StringComparer.Ordinal)];
        return lines.Length > 0 ? new BuildFailedException(OfflineDiagnostics.Missing(lines), cause) : cause;
    }

    /// <summary>The engines that can be here.</summary>
    public EngineChoice OpenEngines()
    {
        var memory = Memory;
        var blobs = new RegistryBlobs(Registry);
        return new EngineChoice(
            new EmbeddedEngine(Fetching, memory, blobs, new NamespaceSandbox(Runtime), events),
            [
                .. OtherEngines.All(definition.Policy).Select(
                    builder => new DelegatedEngine(builder, Fetching, memory, blobs, LocateAsync, events)),
            ]);
    }

    private string? Runtime => SandboxNames.Runtimes.FirstOrDefault(name => name == definition.Policy.Sandbox);

    /// <summary>The name under which another engine gets an image: where it was found, by its digest.</summary>
    private async Task<string> LocateAsync(ImageReference image, CancellationToken cancellationToken)
    {
        var endpoint = await Registry.FindEndpointAsync(image, cancellationToken);
        return $"{endpoint.Host}/{endpoint.Repository}@{image.Digest}";
    }

    /// <summary>What an engine is to make.</summary>
    public EngineRequest RequestOf(ImmutableArray<PlatformBuild> builds) => new()
    {
        Builds = builds,
        Context = new ContextFolder(definition.Source.ContextDirectory,
            new ContextFilter(Ignored, definition.Source.ContextDirectory, OwnOutput)),
        OwnOutput = OwnOutput,
        Commands = Commands,
        Form = definition.Form,
        Policy = definition.Policy,
    };

    /// <summary>Pipelines keep the store, caches and reports where they may keep anything: in the folder of the sources.</summary>
    private IReadOnlyList<string> OwnOutput => field ??=
    [
        .. definition.Source.OwnOutput, .. definition.Outputs.Reports, .. definition.Outputs.Sboms, Store.Root,
        .. SharedCaches.FoldersOf(definition.Policy),
    ];

    private IgnoreFile Ignored =>
        IgnoreFile.ReadFor(definition.Source.ContextDirectory, definition.Source.Dockerfile, IgnoreRules.Of(definition));

    private SourceFetching Fetching => new(Store) { Offline = definition.Policy.Offline, Commands = Commands, Fetched = Inputs.Learn };

    private CommandSettings Commands =>
        field ??= definition.Commands with { HostName = new BuildKitArguments(definition.Source.BuildArgs).ReadHostName() };

    public void Dispose()
    {
        Registry.Dispose();
        Store.Use.Dispose();
    }

    private IEnumerable<string> DestinationHosts() =>
        definition.Outputs.Destinations.Where(destination => destination.Medium == Medium.Registry)
            .Select(destination => ImageReference.Parse(destination.Value).Registry);

    private static IEnumerable<string> BaseHosts(IReadOnlyList<PlatformStages> stages) =>
        stages.SelectMany(one => one.Graph.Stages)
            .SelectMany(node => node.CopySources.Values.Prepend(node.Base))
            .OfType<StageSource.Image>()
            .Where(image => image.Reference.IsInRegistry)
            .Select(image => image.Reference.Registry);

    private static Platform PlatformOf(Stage stage, Platform platform) => stage.Platform is not { } text
        ? platform
        : Platform.TryParse(text) ?? throw new BuildFailedException(PlanDiagnostics.BadPlatform(text, stage.Location));
}
