using ContainerStages.Diagnostics;
using ContainerStages.Oci;
using ContainerStages.Posix;

namespace ContainerStages.Content;

/// <summary>
/// The blobs of an OCI layout on disk: <c>blobs/sha256/(hex)</c>, each made by renaming a finished file from <c>ingest</c>, so that a
/// process killed at any moment leaves no half blob. Folders appear when something is written. Source: image-spec, image-layout.md.
/// </summary>
public sealed class DiskContentStore(string root) : IContentStore
{
    private readonly string blobs = Path.Combine(root, "blobs", "sha256");
    private readonly string ingest = Path.Combine(root, "ingest");

    public string Root { get; } = root;

    public bool Contains(Digest digest) => File.Exists(GetPath(digest));

    public long? GetSize(Digest digest) => new FileInfo(GetPath(digest)) is { Exists: true, Length: var length } ? length : null;

    /// <summary>Where the blob is, or would be.</summary>
    public string GetPath(Digest digest) => Path.Combine(blobs, digest.Hex);

    public Stream OpenRead(Digest digest)
    {
        try
        {
            return new FileStream(GetPath(digest), new FileStreamOptions { BufferSize = 0, Options = FileOptions.SequentialScan });
        }
        catch (DirectoryNotFoundException exception)
        {
            throw new FileNotFoundException($"The blob {digest} is not in the store '{Root}'.", exception);
        }
    }

    /// <exception cref="BuildFailedException">The store cannot be written.</exception>
    public IBlobWriter CreateWriter()
    {
        try
        {
            Directory.CreateDirectory(blobs);
            Directory.CreateDirectory(ingest);
            return new DiskBlobWriter(this, Path.Combine(ingest, Path.GetRandomFileName()));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Explain(exception);
        }
    }

    /// <summary>Removes what killed processes left in <c>ingest</c>; files that a living process still writes are locked and stay.</summary>
    public void RemoveAbandonedFiles()
    {
        var files = new DirectoryInfo(ingest);
        foreach (var file in files.Exists ? files.EnumerateFiles() : [])
        {
            try
            {
                // A writer closes its file just before the rename, hence the hour.
                if (file.LastWriteTimeUtc < DateTime.UtcNow.AddHours(-1))
                {
                    using (file.Open(FileMode.Open, FileAccess.ReadWrite, FileShare.None))
                    {
                        file.Delete();
                    }
                }
            }
            catch (IOException)
            {
                // Locked by its writer, or gone already.
            }
        }
    }

    internal Exception Explain(Exception exception) =>
        exception is BuildFailedException ? exception
        : DiskSpace.IsFull(exception) ? new BuildFailedException(StoreDiagnostics.DiskFull(Root), exception)
        : new BuildFailedException(StoreDiagnostics.StoreNotWritable(Root, exception.Message), exception);
}
