using System.Collections.Immutable;
using ContainerStages.Layers;
using ContainerStages.Posix;

namespace ContainerStages.Snapshots;

/// <summary>What was recorded of the files of several layer folders; see <see cref="RecordedOwners"/>.</summary>
internal sealed class LayerOwners
{
    private readonly ImmutableArray<(string Folder, RecordedOwners Owners)> layers;

    private LayerOwners(ImmutableArray<(string, RecordedOwners)> layers) => this.layers = layers;

    /// <summary>Null where all files have their owners themselves.</summary>
    public static LayerOwners? Read(IEnumerable<string> folders)
    {
        ImmutableArray<(string, RecordedOwners)> found = [.. folders.Select(folder => (folder, Owners: RecordedOwners.Read(folder)))
            .Where(layer => layer.Owners is not null)
            .Select(layer => (layer.folder, layer.Owners!))];
        return found.IsEmpty ? null : new LayerOwners(found);
    }

    /// <summary>What a file is in the image.</summary>
    public FileStatus Apply(string hostPath, in FileStatus status) =>
        Find(hostPath) is var (owners, path) ? owners.Apply(path, status) : status;

    public byte[]? CapabilityOf(string hostPath) => Find(hostPath) is var (owners, path) ? owners.CapabilityOf(path) : null;

    private (RecordedOwners Owners, string Path)? Find(string hostPath)
    {
        foreach (var (folder, owners) in layers)
        {
            if (hostPath.StartsWith(folder, StringComparison.Ordinal)
                && (hostPath.Length == folder.Length || hostPath[folder.Length] == '/'))
            {
                return (owners, hostPath.Length == folder.Length ? "" : hostPath[(folder.Length + 1)..]);
            }
        }

        return null;
    }
}
