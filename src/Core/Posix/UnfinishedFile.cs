namespace ContainerStages.Posix;

/// <summary>
/// A file that gets its name when it is whole, so that readers see the old content or the new, never half of it. Disposing removes what was
/// not finished.
/// </summary>
/// <param name="path">Where it is written, in the file system of its later name. Nothing may stand there.</param>
internal sealed class UnfinishedFile(string path) : IDisposable
{
    public string Path => path;

    /// <param name="mode">Permissions, less those that the process's mask takes; null: read and write for all.</param>
    public FileStream Create(UnixFileMode? mode = null) => new(path, new FileStreamOptions
    {
        Mode = FileMode.CreateNew,
        Access = FileAccess.ReadWrite,
        BufferSize = 1 << 16,
        UnixCreateMode = mode,
    });

    /// <summary>Takes the place of what has the name. The stream of <see cref="Create"/> must be closed.</summary>
    public void MoveTo(string name) => File.Move(path, name, overwrite: true);

    public void Dispose() => File.Delete(path);
}
