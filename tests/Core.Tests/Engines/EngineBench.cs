using System.Collections.Concurrent;
using System.Collections.Immutable;
using ContainerStages.Caching;
using ContainerStages.Content;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Dockerfile;
using ContainerStages.Engines;
using ContainerStages.Layers;
using ContainerStages.Oci;
using ContainerStages.Planning;
using ContainerStages.Stages;
using ContainerStages.TestKit;

namespace ContainerStages.Core.Tests.Engines;

/// <summary>
/// The embedded engine on a store and a context of the test's own, with a sandbox that is none and images that a test makes.
/// </summary>
internal sealed class EngineBench : IDisposable
{
    /// <summary>A build that waits for what never comes fails its test instead of holding up all.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    private readonly TempFolder folder = new();
    private readonly Dictionary<string, ImageBase> images = new(StringComparer.Ordinal);
    private readonly TestContentStore registry = new();

    public EngineBench()
    {
        Context = folder.NewFolder("context");
        Store = new StoreDirectory(folder.NewFolder("store"));
        Blobs = new CountingBlobs(registry);
        Memory = new StoreMemory(Store);
    }

    public string Context { get; }

    public StoreDirectory Store { get; }

    public CountingBlobs Blobs { get; }

    public FakeSandbox Sandbox { get; private set; } = new();

    /// <summary>Of the last build.</summary>
    public RecordedEvents Events { get; private set; } = new();

    /// <summary>What the last build ran.</summary>
    public IReadOnlyList<string> Runs => Sandbox.Runs;

    /// <summary>What earlier builds found out: by default what the store remembers.</summary>
    public IStepMemory Memory { get; set; }

    public ImageForm Form { get; set; } = new();

    public BuildPolicy Policy { get; set; } = new();

    public ImmutableArray<Platform> Platforms { get; set; } = [Platform.Host];

    public void Write(string name, string content) => folder.Write(Path.Combine("context", name), content);

    public string PathOf(string name) => Path.Combine(Context, name);

    /// <summary>An image with a layer for each text, which holds it as <c>/file0</c>, <c>/file1</c> and so on.</summary>
    public void AddImage(string name, params string[] texts)
    {
        var image = TestImages.Create(registry, Platform.Host.Architecture, texts);
        var reference = ImageReference.Parse(name);
        images[reference.FamiliarName] = new ImageBase(reference.WithDigest(image.Digest), image.Manifest, image.Config);
    }

    /// <summary>Plans for this machine's platform.</summary>
    public BuildPlan PlanOf(string dockerfile, IReadOnlyDictionary<string, string>? arguments = null) =>
        Plan(dockerfile, Platform.Host, arguments).Plan;

    private PlatformBuild Plan(string dockerfile, Platform target, IReadOnlyDictionary<string, string>? arguments = null)
    {
        var set = DockerfileFrontEnd.Read(dockerfile, "Dockerfile", new FrontEndOptions { Target = target });
        var graph = StageGraph.Create(set, null);
        var named = graph.Stages
            .SelectMany(node => node.CopySources.Values.Prepend(node.Base)
                .OfType<StageSource.Image>()
                .Select(image => new NamedBase(image.Reference, node.Stage.Platform)))
            .Distinct()
            .ToDictionary(name => name, name => images[name.Reference.FamiliarName]);
        return new PlatformBuild(
            graph,
            named,
            Planner.Plan(graph, named, arguments ?? new Dictionary<string, string>(), target, NoBuildEvents.Instance));
    }

    /// <summary>One build; the sandbox and the events are new ones.</summary>
    public async Task<ImmutableArray<ExecutedStage>> BuildAsync(string dockerfile, CancellationToken cancellationToken = default)
    {
        (Sandbox, Events) = (new FakeSandbox(), new RecordedEvents());
        return await StartAsync(dockerfile, cancellationToken);
    }

    /// <summary>The same with the sandbox that is there, whose gates a test has opened or will.</summary>
    public Task<ImmutableArray<ExecutedStage>> StartAsync(string dockerfile, CancellationToken cancellationToken = default)
    {
        return OpenEngine().ExecuteAsync(Request(dockerfile), cancellationToken).WaitAsync(Longest, CancellationToken.None);
    }

    public Task<Forecast> ForecastAsync(string dockerfile) => OpenEngine().ForecastAsync(Request(dockerfile), CancellationToken.None);

    /// <summary>What the build's one failure says.</summary>
    public async Task<Diagnostic> FailAsync(string dockerfile) =>
        (await Assert.ThrowsExactlyAsync<BuildFailedException>(() => BuildAsync(dockerfile))).Diagnostics.Single();

    private EmbeddedEngine OpenEngine() => new(new SourceFetching(Store), Memory, Blobs, Sandbox, Events);

    public EngineRequest Request(string dockerfile) => new()
    {
        Builds = [.. Platforms.Select(platform => Plan(dockerfile, platform))],
        Context = new ContextFolder(Context),
        Form = Form,
        Policy = Policy,
    };

    /// <summary>Digests of the layers as they are in an image.</summary>
    public static string Layers(ExecutedStage stage) => string.Join(' ', stage.Layers.Select(layer => layer.Layer.Descriptor.Digest));

    /// <summary>Paths in the layers that the build made, a line for each layer.</summary>
    public async Task<string> FilesAsync(ExecutedStage stage)
    {
        var lines = new List<string>();
        var content = new DiskContentStore(Store);
        foreach (var layer in stage.Layers.Where(layer => layer.Origin is null))
        {
            await using var blob = content.OpenRead(layer.Layer.Descriptor.Digest);
            await using var archive = new System.IO.Compression.GZipStream(blob, System.IO.Compression.CompressionMode.Decompress);
            await using var reader = new System.Formats.Tar.TarReader(archive);
            var names = new List<string>();
            while (await reader.GetNextEntryAsync() is { } entry)
            {
                names.Add(entry.Name);
            }

            lines.Add(string.Join(' ', names));
        }

        return string.Join('\n', lines);
    }

    /// <summary>Locks that somebody holds, folders and files that are not whole: there must be none when a build has ended.</summary>
    public string Leftovers() =>
        string.Join(
            ' ',
            Directory.EnumerateFileSystemEntries(Store.Root, "*", SearchOption.AllDirectories)
                .Where(path => Path.GetFileName(path).StartsWith("tmp-", StringComparison.Ordinal)
                    || path.EndsWith(StoreDirectory.Unfinished, StringComparison.Ordinal)));

    public void Dispose() => folder.Dispose();
}

/// <summary>Blobs of a registry in memory, counted by digest.</summary>
internal sealed class CountingBlobs(TestContentStore registry) : IBlobSource
{
    private readonly ConcurrentQueue<Digest> opened = new();

    public int Count => opened.Count;

    /// <summary>Awaited before a blob is given.</summary>
    public Func<CancellationToken, Task> Before { get; set; } = _ => Task.CompletedTask;

    public async Task<Stream> OpenBlobAsync(ImageReference image, Descriptor blob, CancellationToken cancellationToken)
    {
        opened.Enqueue(blob.Digest);
        await Before(cancellationToken);
        return registry.OpenRead(blob.Digest);
    }
}
