using ContainerStages.Content;
using ContainerStages.Contracts;
using ContainerStages.Images;
using ContainerStages.Media.Registry;

namespace ContainerStages.Sources;

/// <summary>The embedded store, opened.</summary>
/// <param name="folder">Null for the user's own.</param>
/// <param name="report">Told what is damaged in it and counts as missing.</param>
/// <param name="forReading">True where one that cannot be written serves too.</param>
internal sealed class EmbeddedStore(string? folder, Action<Diagnostic> report, bool forReading = false)
{
    public StoreDirectory Directory { get; } =
        forReading
            ? StoreDirectory.OpenForReading(folder ?? StoreDirectory.DefaultPath())
            : new StoreDirectory(folder ?? StoreDirectory.DefaultPath());

    public DiskContentStore Content => field ??= new DiskContentStore(Directory);

    public ImageNames Names => field ??= new ImageNames(Directory, report);

    /// <summary>Images by name, from here or from their registry.</summary>
    public ImageSources OpenSources(RegistryClient registry, bool pull) => new(Directory, Names, new ImagePuller(registry, Content), pull);
}
