using ContainerStages.Content;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Engines;
using ContainerStages.Images;
using ContainerStages.Layers;
using ContainerStages.Media.Registry;
using ContainerStages.Oci;
using ContainerStages.Planning;
using ContainerStages.Sandboxing;
using ContainerStages.Snapshots;
using ContainerStages.Sources;

namespace ContainerStages.Running;

/// <summary>The images of the embedded store, and running one; images that are not there are pulled.</summary>
public sealed class ImageStore : IDisposable
{
    /// <summary>Of an id; fewer are a name.</summary>
    private const int FewestDigits = 4;

    private readonly EmbeddedStore store;
    private readonly RegistryClient registry;
    private readonly ImageSources sources;
    private readonly Action<Diagnostic> report;
    private readonly HashSet<string> reported = new(StringComparer.Ordinal);

    /// <param name="folder">Store folder; null for the user's own.</param>
    /// <param name="report">Told what is damaged in it and counts as missing.</param>
    /// <param name="events">Told while a registry does not answer for long; null for nobody.</param>
    public ImageStore(string? folder, Action<Diagnostic> report, IBuildEvents? events = null)
    {
        this.report = report;
        store = new EmbeddedStore(folder, report, forReading: true);
        registry = RegistryClientFactory.Create(RegistryEnvironment.OfProcess(), [], [], [], events);
        sources = store.OpenSources(registry, pull: false);
    }

    /// <summary>Every name in the store.</summary>
    public IReadOnlyList<NamedImage> List() => store.Names.List();

    /// <summary>An image of the store by name, or by the first digits of its id or digest.</summary>
    /// <exception cref="BuildFailedException">There is none.</exception>
    public async Task<Image> FindAsync(string name, CancellationToken cancellationToken) =>
        (await FindHereAsync(name, cancellationToken) ?? throw new BuildFailedException(NoSuchImage(name))).Image;

    /// <summary>Its layers as they are stored.</summary>
    public IContentStore Content => store.Content;

    /// <summary>
    /// What a name stands for, with every layer: an image of the store by name, id or digest, for every platform; else, for one platform,
    /// that of a registry, layout, archive or engine.
    /// </summary>
    /// <param name="platform">Of what is not in the store; null for this machine's.</param>
    /// <exception cref="BuildFailedException">There is none, or it cannot be had whole.</exception>
    public async Task<WholeImage> TakeWholeAsync(string name, Platform? platform, CancellationToken cancellationToken)
    {
        var sizes = new LayerSizes(store.Directory.Root, store.Directory.IsWritable);
        var whole = new WholeImages(store.Content, new BlobFetcher(registry, store.Content), sizes);
        try
        {
            if (await FindHereAsync(name, cancellationToken) is { } here)
            {
                var isNamed = ImageReference.TryParse(name) == here.Named.Name
                    || here.Named.Manifest.Digest.ToString().Contains(name, StringComparison.Ordinal);
                return await whole.OfStoreAsync(name, here.Named, isNamed ? null : here.Image.Digest, cancellationToken);
            }

            var reference = Digest.TryParse(name, out _) ? null : ImageReference.TryParseSource(name, Environment.CurrentDirectory);
            return await whole.OfSourceAsync(
                name,
                sources,
                reference ?? throw new BuildFailedException(NoSuchImage(name)),
                platform ?? Platform.Host,
                cancellationToken);
        }
        catch (FileNotFoundException missing)
        {
            throw new BuildFailedException(StoreDiagnostics.ImageIncomplete(name, missing.Message), missing);
        }
    }

    private async Task<(NamedImage Named, Image Image)?> FindHereAsync(string name, CancellationToken cancellationToken)
    {
        if (ImageReference.TryParse(name) is { } reference && store.Names.Find(reference) is { } manifest)
        {
            var named = NamedImage.Of(reference, manifest);
            return (named, await ReadAsync(named, cancellationToken));
        }

        var hex = name.StartsWith("sha256:", StringComparison.Ordinal) ? name["sha256:".Length..] : name;
        if (hex.Length < FewestDigits || !hex.All(char.IsAsciiHexDigitLower))
        {
            return null;
        }

        var found = (await ReadAsync(List(), cancellationToken))
            .Where(one => DigestsOf(one).Any(digest => digest.Hex.StartsWith(hex, StringComparison.Ordinal)))
            .ToArray();
        return found.DistinctBy(one => one.Image.Digest).Count() > 1
            ? throw new BuildFailedException(StoreDiagnostics.AmbiguousId(name, found.Select(Candidate)))
            : found.Length > 0 ? found[0] : null;

        string Candidate((NamedImage Named, Image Image) one)
        {
            var digest = DigestsOf(one).Last(digest => digest.Hex.StartsWith(hex, StringComparison.Ordinal));
            return $"{one.Named.Name.FamiliarName} ({digest.Hex[..Math.Max(12, hex.Length + 2)]})";
        }
    }

    private static Digest[] DigestsOf((NamedImage Named, Image Image) one) =>
        [one.Named.Manifest.Digest, one.Image.Digest, one.Image.Manifest.Config.Digest];

    private Diagnostic NoSuchImage(string name) => StepDiagnostics.NoSuchImage(name, List().Select(image => image.Name.FamiliarName));

    /// <summary>Of an index: the image for this machine, else the first.</summary>
    /// <exception cref="BuildFailedException">A document of the image is missing or damaged.</exception>
    public async Task<Image> ReadAsync(NamedImage named, CancellationToken cancellationToken)
    {
        try
        {
            var chosen = await ImageReader.ChooseAsync(store.Content, named.Manifest, Platform.Host, cancellationToken);
            return await ImageReader.ReadAsync(
                store.Content,
                new LayerSizes(store.Directory.Root, store.Directory.IsWritable),
                chosen,
                origin: null,
                cancellationToken);
        }
        catch (FileNotFoundException missing)
        {
            throw new BuildFailedException(StoreDiagnostics.ImageIncomplete(named.Name.FamiliarName, missing.Message), missing);
        }
    }

    /// <summary>Those that can be read; of the others the report is told once.</summary>
    public async Task<IReadOnlyList<(NamedImage Named, Image Image)>> ReadAsync(
        IEnumerable<NamedImage> images, CancellationToken cancellationToken)
    {
        var read = new List<(NamedImage, Image)>();
        foreach (var named in images)
        {
            try
            {
                read.Add((named, await ReadAsync(named, cancellationToken)));
            }
            catch (BuildFailedException damaged) when (damaged.Diagnostics is [var only])
            {
                if (reported.Add(named.Name.ToString()))
                {
                    report(only with { Severity = Severity.Warning });
                }
            }
        }

        return read;
    }

    /// <summary>
    /// Runs an image by name, id or digest, and returns the command's exit code. A name that the store lacks is pulled. Without a platform
    /// an image of the store runs whatever it was made for, as with Docker; anything else is one for this machine.
    /// </summary>
    /// <exception cref="BuildFailedException">There is no such image, none for the platform, or it cannot be run here.</exception>
    public async Task<int> RunAsync(
        string name,
        Platform? platform,
        RunSettings settings,
        IBuildEvents events,
        CancellationToken cancellationToken)
    {
        var image = await ResolveAsync(name, platform, cancellationToken);
        using var scratch = store.Directory.IsWritable
            ? null
            : new TemporaryFolder(Directory.CreateTempSubdirectory("containerstages-").FullName);
        var blobs = new StoredBlobs(store.Content, new RegistryBlobs(registry));
        var runner = new ImageRunner(
            scratch is null ? store.Directory : new StoreDirectory(scratch.Path),
            blobs,
            new NamespaceSandbox(),
            events);
        return await runner.RunAsync(new ImageBase(image.Reference, image.Manifest, image.Config), settings, cancellationToken);
    }

    private async Task<PulledImage> ResolveAsync(string name, Platform? platform, CancellationToken cancellationToken)
    {
        // An id parses as a name too: tag of a repository 'sha256'. No registry has that.
        var reference = Digest.TryParse(name, out _) ? null : ImageReference.TryParse(name);
        if (await FindHereAsync(name, cancellationToken) is { } here && (platform is null || here.Named.Name != reference))
        {
            return await sources.ResolveAsync(
                here.Named.Name.WithDigest(here.Named.Manifest.Digest),
                platform ?? here.Image.Config.Platform,
                cancellationToken);
        }

        return await sources.ResolveAsync(
            reference ?? throw new BuildFailedException(NoSuchImage(name)),
            platform ?? Platform.Host,
            cancellationToken);
    }

    public void Dispose()
    {
        registry.Dispose();
        store.Directory.Use.Dispose();
    }
}
