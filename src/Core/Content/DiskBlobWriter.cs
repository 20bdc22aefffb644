using System.Security.Cryptography;
using ContainerStages.Oci;
using ContainerStages.Posix;
using Microsoft.Win32.SafeHandles;

namespace ContainerStages.Content;

/// <summary>Writes one file in <c>ingest</c>, hashing it, and renames it to its digest.</summary>
internal sealed class DiskBlobWriter : IBlobWriter
{
    private const UnixFileMode EveryoneReads =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private readonly DiskContentStore store;
    private readonly string path;
    private readonly SafeFileHandle file;
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private bool committed;

    public DiskBlobWriter(DiskContentStore store, string path)
    {
        this.store = store;
        this.path = path;
        file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.None);
        File.SetUnixFileMode(file, EveryoneReads);
    }

    public long Length { get; private set; }

    /// <summary>
    /// Opens the file for another who reads it while it is written, and afterwards. Without the lock that .NET takes: it would be in the
    /// way of the writer's own.
    /// </summary>
    public SafeFileHandle OpenRead() => FileCalls.OpenFile(path, FileCalls.O_RDONLY);

    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            RandomAccess.Write(file, bytes.Span, Length);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw store.Explain(exception);
        }

        hash.AppendData(bytes.Span);
        Length += bytes.Length;
        return ValueTask.CompletedTask;
    }

    public ValueTask<Digest> CommitAsync(Digest? expected, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ObjectDisposedException.ThrowIf(file.IsClosed, this);
        var actual = Digest.FromHash(hash.GetHashAndReset());
        if (expected is { } announced && announced != actual)
        {
            throw new DigestMismatchException(announced, actual);
        }

        try
        {
            // The lock goes with the handle: nobody must find the blob locked.
            file.Dispose();
            MoveTo(store.UsedPath(actual));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw store.Explain(exception);
        }

        committed = true;
        return ValueTask.FromResult(actual);
    }

    private void MoveTo(string target)
    {
        try
        {
            File.Move(path, target, overwrite: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException && Directory.Exists(target))
        {
            TreeRemover.Remove(target);
            File.Move(path, target, overwrite: true);
        }
    }

    public ValueTask DisposeAsync()
    {
        file.Dispose();
        hash.Dispose();
        if (!committed)
        {
            File.Delete(path);
        }

        return ValueTask.CompletedTask;
    }
}
