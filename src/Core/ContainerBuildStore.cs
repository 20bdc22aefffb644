using ContainerStages.Content;
using ContainerStages.Contracts;
using ContainerStages.Images;
using ContainerStages.Registry;
using ContainerStages.Sources;

namespace ContainerStages;

/// <summary>The embedded store, opened.</summary>
/// <param name="folder">Null for the user's own.</param>
/// <param name="report">Told what is damaged in it and counts as missing.</param>
internal sealed class ContainerBuildStore(string? folder, Action<Diagnostic> report)
{
    public StoreDirectory Directory { get; } = new(folder ?? StoreDirectory.DefaultPath());

    public DiskContentStore Content => field ??= new DiskContentStore(Directory);

    public ImageNames Names => field ??= new ImageNames(Directory, report);

    /// <summary>Images by name, from here or from their registry.</summary>
    public ImageSources OpenSources(RegistryClient registry, bool pull) => new(Directory, Names, new ImagePuller(registry, Content), pull);
}
