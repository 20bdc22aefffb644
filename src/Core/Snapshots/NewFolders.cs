namespace ContainerStages.Snapshots;

/// <summary>
/// Folders that a layer made where neither it nor the layers below had anything, and what was put into them. What is put there first needs
/// no look at the file system.
/// </summary>
internal sealed class NewFolders
{
    private readonly HashSet<string> folders = new(StringComparer.Ordinal);
    private readonly HashSet<string> filled = new(StringComparer.Ordinal);

    public void Add(string path) => folders.Add(path);

    /// <summary>
    /// True where nothing can be at the path: its folder is new, and nothing was put there yet. From now on something is.
    /// </summary>
    public bool IsFirstAt(string path) => folders.Contains(LayerComposer.Parent(path)) && filled.Add(path);

    /// <summary>Removes a folder with those inside. The next one at its path is looked at again.</summary>
    public void Remove(string path) =>
        folders.RemoveWhere(folder => folder == path || folder.StartsWith(path + "/", StringComparison.Ordinal));
}
