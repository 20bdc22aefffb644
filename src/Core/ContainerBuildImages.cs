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
    /// <exception cref="BuildFailedException">There is none, or several.</exception>
    public async Task<Image> FindAsync(string name, CancellationToken cancellationToken)
    {
        if (ImageReference.TryParse(name) is { } reference && store.Names.Find(reference) is { } manifest)
        {
            return await ReadAsync(manifest, cancellationToken);
        }

        var hex = name.StartsWith("sha256:", StringComparison.Ordinal) ? name["sha256:".Length..] : name;
        foreach (var image in List())
        {
            var read = await ReadAsync(image.Manifest, cancellationToken);
            if (hex.Length >= 4 && (read.Digest.Hex.StartsWith(hex, StringComparison.Ordinal) || read.Manifest.Config.Digest.Hex.StartsWith(hex, StringComparison.Ordinal)))
            {
                return read;
            }
        }

        throw new BuildFailedException(StepDiagnostics.NoSuchImage(name, List().Select(image => image.Name.FamiliarName)));
    }

    /// <summary>Of an index: the image for this machine, else the first.</summary>
    public async Task<Image> ReadAsync(Descriptor manifest, CancellationToken cancellationToken) =>
        await ImageReader.ReadAsync(store.Content, new LayerSizes(store.Directory.Root), await ImageReader.ChooseAsync(store.Content, manifest, Platform.Host, cancellationToken), origin: null, cancellationToken);

    /// <summary>Runs an image, pulling it first when the store lacks it; returns the command's exit code.</summary>
    public async Task<int> RunAsync(string name, RunSettings settings, IBuildEvents events, CancellationToken cancellationToken)
    {
        var reference = ImageReference.TryParse(name) ?? throw new BuildFailedException(StepDiagnostics.NoSuchImage(name, List().Select(image => image.Name.FamiliarName)));
        var image = await sources.ResolveAsync(reference, Platform.Host, cancellationToken);
        var runner = new ImageRunner(store.Directory, new RegistryBlobs(registry), new NamespaceSandbox(SandboxInitCommand.ForThisProgram()), events);
        return await runner.RunAsync(new ImageBase(image.Reference, image.Manifest, image.Config), settings, cancellationToken);
    }

    public void Dispose()
    {
        registry.Dispose();
        store.Directory.Use.Dispose();
    }
}
