using ContainerStages.Content;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Engines;
using ContainerStages.Images;
using ContainerStages.Layers;
using ContainerStages.Oci;
using ContainerStages.Planning;
using ContainerStages.Registry;
using ContainerStages.Sandboxing;
using ContainerStages.Sources;

namespace ContainerStages;

/// <summary>The images of the embedded store, and running one; images that are not there are pulled.</summary>
public sealed class ContainerBuildImages : IDisposable
{
    /// <summary>Of an id; fewer are a name.</summary>
    private const int FewestDigits = 4;

    private readonly ContainerBuildStore store;
    private readonly RegistryClient registry;
    private readonly ImageSources sources;

    /// <param name="folder">Store folder; null for the user's own.</param>
    public ContainerBuildImages(string? folder)
    {
        store = new ContainerBuildStore(folder);
        registry = RegistryClientFactory.Create(RegistryEnvironment.OfProcess(), [], [], []);
        sources = store.OpenSources(registry, pull: false);
    }

    /// <summary>Every name in the store.</summary>
    public IReadOnlyList<NamedImage> List() => store.Names.List();

    /// <summary>An image of the store by name, or by the first digits of its id or digest.</summary>
    /// <exception cref="BuildFailedException">There is none.</exception>
    public async Task<Image> FindAsync(string name, CancellationToken cancellationToken) =>
        (await FindHereAsync(name, cancellationToken) ?? throw new BuildFailedException(NoSuchImage(name))).Image;

    private async Task<(NamedImage Named, Image Image)?> FindHereAsync(string name, CancellationToken cancellationToken)
    {
        if (ImageReference.TryParse(name) is { } reference && store.Names.Find(reference) is { } manifest)
        {
            return (new NamedImage(reference, manifest), await ReadAsync(manifest, cancellationToken));
        }

        var hex = name.StartsWith("sha256:", StringComparison.Ordinal) ? name["sha256:".Length..] : name;
        if (hex.Length < FewestDigits || !hex.All(char.IsAsciiHexDigitLower))
        {
            return null;
        }

        foreach (var named in List())
        {
            var image = await ReadAsync(named.Manifest, cancellationToken);
            Digest[] digests = [named.Manifest.Digest, image.Digest, image.Manifest.Config.Digest];
            if (digests.Any(digest => digest.Hex.StartsWith(hex, StringComparison.Ordinal)))
            {
                return (named, image);
            }
        }

        return null;
    }

    private Diagnostic NoSuchImage(string name) => StepDiagnostics.NoSuchImage(name, List().Select(image => image.Name.FamiliarName));

    /// <summary>Of an index: the image for this machine, else the first.</summary>
    public async Task<Image> ReadAsync(Descriptor manifest, CancellationToken cancellationToken) =>
        await ImageReader.ReadAsync(store.Content, new LayerSizes(store.Directory.Root), await ImageReader.ChooseAsync(store.Content, manifest, Platform.Host, cancellationToken), origin: null, cancellationToken);

    /// <summary>
    /// Runs an image by name, id or digest, and returns the command's exit code. A name that the store lacks is pulled. Without a platform an image of
    /// the store runs whatever it was made for, as with Docker; anything else is one for this machine.
    /// </summary>
    /// <exception cref="BuildFailedException">There is no such image, none for the platform, or it cannot be run here.</exception>
    public async Task<int> RunAsync(string name, Platform? platform, RunSettings settings, IBuildEvents events, CancellationToken cancellationToken)
    {
        var image = await ResolveAsync(name, platform, cancellationToken);
        var runner = new ImageRunner(store.Directory, new RegistryBlobs(registry), new NamespaceSandbox(SandboxInitCommand.ForThisProgram()), events);
        return await runner.RunAsync(new ImageBase(image.Reference, image.Manifest, image.Config), settings, cancellationToken);
    }

    private async Task<PulledImage> ResolveAsync(string name, Platform? platform, CancellationToken cancellationToken)
    {
        // An id parses as a name too: tag of a repository 'sha256'. No registry has that.
        var reference = Digest.TryParse(name, out _) ? null : ImageReference.TryParse(name);
        if (await FindHereAsync(name, cancellationToken) is { } here && (platform is null || here.Named.Name != reference))
        {
            return await sources.ResolveAsync(here.Named.Name.WithDigest(here.Named.Manifest.Digest), platform ?? here.Image.Config.Platform, cancellationToken);
        }

        return await sources.ResolveAsync(reference ?? throw new BuildFailedException(NoSuchImage(name)), platform ?? Platform.Host, cancellationToken);
    }

    public void Dispose()
    {
        registry.Dispose();
        store.Directory.Use.Dispose();
    }
}
