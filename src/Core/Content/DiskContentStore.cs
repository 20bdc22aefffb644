using ContainerStages.Diagnostics;
using ContainerStages.Oci;
using ContainerStages.Posix;

namespace ContainerStages.Content;

/// <summary>
/// The blobs of an OCI layout on disk: <c>blobs/sha256/(hex)</c>, each made by renaming a finished file from <c>ingest</c>, so that a
/// process killed at any moment leaves no half blob. Folders appear when something is written. Source: image-spec, image-layout.md.
/// </summary>
internal sealed class DiskContentStore(string root) : IContentStore
{
    private readonly string blobs = Path.Combine(root, "blobs", "sha256");
    private readonly string ingest = Path.Combine(root, "ingest");
    private readonly StoreUse? use;

    /// <summary>The blobs of the embedded store: what is asked for is in use until the process ends, so that nobody removes it.</summary>
    public DiskContentStore(StoreDirectory store)
        : this(store.Root) => use = store.Use;

    public string Root { get; } = root;

    public bool Contains(Digest digest) => File.Exists(UsedPath(digest));

    public long? GetSize(Digest digest)
    {
        try
        {
            return FileCalls.TryStat(UsedPath(digest), out var status) && status.IsRegularFile ? status.Size : null;
        }
        catch (PosixException)
        {
            // What cannot be asked for is not here.
            return null;
        }
    }

    /// <summary>Where the blob is, or would be.</summary>
    public string GetPath(Digest digest) => Path.Combine(blobs, digest.Hex);

    public Stream OpenRead(Digest digest)
    {
        try
        {
            return new FileStream(UsedPath(digest), new FileStreamOptions { BufferSize = 0, Options = FileOptions.SequentialScan });
        }
        catch (DirectoryNotFoundException exception)
        {
            throw new FileNotFoundException($"The blob {digest} is not in the store '{Root}'.", exception);
        }
    }

    /// <inheritdoc/>
    /// <remarks>At once: documents are small, and to have another thread wait for them costs more than to read them.</remarks>
    public ValueTask<int> ReadAsync(Digest digest, Memory<byte> bytes, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(
            FileCalls.TryRead(UsedPath(digest), bytes.Span)
            ?? throw new FileNotFoundException($"The blob {digest} is not in the store '{Root}'."));
    }

    /// <exception cref="BuildFailedException">The store cannot be written.</exception>
    public DiskBlobWriter CreateWriter()
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

    IBlobWriter IContentStore.CreateWriter() => CreateWriter();

    /// <summary>Only in the embedded store: the layouts of others are theirs.</summary>
    public void Discard(Digest digest)
    {
        try
        {
            if (use is not null)
            {
                TreeRemover.Remove(GetPath(digest));
            }
        }
        catch (PosixException)
        {
            // In a store that cannot be written it stays, and is found damaged again.
        }
    }

    /// <summary>
    /// Removes what killed processes left in <c>ingest</c>; files that a living process still writes are locked and stay.
    /// </summary>
    public void RemoveAbandonedFiles()
    {
        foreach (var path in AbandonedFiles(TimeSpan.FromHours(1)))
        {
            File.Delete(path);
        }
    }

    /// <summary>Files in <c>ingest</c> that nobody writes any more.</summary>
    /// <param name="age">Younger ones are passed over: a writer closes its file just before the rename.</param>
    public IEnumerable<string> AbandonedFiles(TimeSpan age)
    {
        var files = new DirectoryInfo(ingest);
        return files.Exists
            ? files.EnumerateFiles()
                .Where(file => file.LastWriteTimeUtc < DateTime.UtcNow - age && IsAbandoned(file))
                .Select(file => file.FullName)
            : [];
    }

    private static bool IsAbandoned(FileInfo file)
    {
        try
        {
            using var alone = file.Open(FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return true;
        }
        catch (IOException)
        {
            // Locked by its writer, or gone already.
            return false;
        }
    }

    /// <summary>Where the blob is, or will be, for somebody who uses it.</summary>
    internal string UsedPath(Digest digest)
    {
        use?.Note($"blobs/sha256/{digest.Hex}");
        return GetPath(digest);
    }

    internal Exception Explain(Exception exception) =>
        exception is BuildFailedException ? exception
        : DiskSpace.IsFull(exception) ? new BuildFailedException(StoreDiagnostics.DiskFull(Root), exception)
        : new BuildFailedException(StoreDiagnostics.StoreNotWritable(Root, exception.Message), exception);
}
