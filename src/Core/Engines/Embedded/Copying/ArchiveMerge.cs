using ContainerStages.Layers;
using ContainerStages.Snapshots;

namespace ContainerStages.Engines;

/// <summary>
/// Unpacks an archive beside the layer and then copies its content in: entries replace what is in their way, as tar does it. Links of the
/// image that lie in the way are replaced too, never followed. Source: Dockerfile reference, ADD, Adding local tar archives.
/// </summary>
internal static class ArchiveMerge
{
    /// <param name="folder">Does not exist yet; for the unpacked files.</param>
    public static void Unpack(
        SelectedSource source,
        string destination,
        CopyRules rules,
        LayerComposer composer,
        string folder,
        CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        var archive = Extract(source.Entries[0].Entry, source.Name, folder, cancellationToken);
        composer.MakeDirectory(destination, rules.Owner ?? default, rules.ModeOfNewFolders);
        var content = new UnionView([folder]);
        var implied = archive.ImpliedFolders.Select(path => "/" + path).ToHashSet(StringComparer.Ordinal);
        new Merge(rules, composer, implied, cancellationToken).Copy(content.Find("/")!, destination);
    }

    private static ExtractedLayer Extract(UnionEntry archive, string name, string folder, CancellationToken cancellationToken)
    {
        try
        {
            return UserArchive.Extract(archive.Open(), name, folder, cancellationToken);
        }
        finally
        {
            // One that changed is not what its name says, and may seem damaged.
            using var after = archive.Open();
            archive.RequireUnchanged(after);
        }
    }

    /// <param name="implied">
    /// Folders that the archive needs but does not list: those of the image keep what they are, new ones are root's, as with Docker.
    /// </param>
    private sealed class Merge(CopyRules rules, LayerComposer composer, HashSet<string> implied, CancellationToken cancellationToken)
    {
        private readonly HardLinks linked = new();

        public void Copy(UnionEntry folder, string destination)
        {
            foreach (var entry in UnionView.List(folder))
            {
                cancellationToken.ThrowIfCancellationRequested();
                var name = entry.Path[(entry.Path.LastIndexOf('/') + 1)..];
                var path = destination == "/" ? "/" + name : $"{destination}/{name}";
                composer.ClearFor(path, entry.IsDirectory);
                if (entry.IsDirectory)
                {
                    CopyFolder(entry, path);
                    Copy(entry, path);
                }
                else if (linked.FirstName(entry, path) is { } first)
                {
                    composer.LinkFile(path, first);
                }
                else
                {
                    composer.CopyFile(path, entry, rules.OwnerInArchive(entry), rules.ModeOf(entry), withAttributes: true);
                }
            }
        }

        private void CopyFolder(UnionEntry entry, string path)
        {
            if (implied.Contains(entry.Path))
            {
                composer.MakeDirectory(path, default);
            }
            else
            {
                composer.ReplaceDirectory(path, rules.OwnerInArchive(entry), rules.ModeOf(entry), entry);
            }
        }
    }
}
