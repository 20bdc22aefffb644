using System.Collections.Concurrent;
using System.Threading.Channels;
using ContainerStages.Content;
using ContainerStages.Diagnostics;
using ContainerStages.Oci;

namespace ContainerStages.Media.Registry;

/// <summary>
/// A store whose larger blobs are on their way to a registry while they are written: layers of an image that is pushed there afterwards.
/// Nobody sees them there before <see cref="TryCommitAsync"/>, and what was not asked for by the end is taken back.
/// </summary>
/// <param name="store">Gets the blobs.</param>
/// <param name="client">Speaks to the registry.</param>
/// <param name="destination">Registry and repository.</param>
internal sealed class EarlyUploads(DiskContentStore store, RegistryClient client, ImageReference destination)
    : IContentStore, IAsyncDisposable
{
    /// <summary>A smaller blob is sent as fast once it is whole.</summary>
    internal const long Least = 4 * 1024 * 1024;
    private readonly ConcurrentDictionary<Digest, GrowingUpload> whole = new();
    private readonly ConcurrentBag<GrowingUpload> all = [];

    public bool Contains(Digest digest) => store.Contains(digest);

    public long? GetSize(Digest digest) => store.GetSize(digest);

    public Stream OpenRead(Digest digest) => store.OpenRead(digest);

    public void Discard(Digest digest) => store.Discard(digest);

    public IBlobWriter CreateWriter() => new Writer(this, store.CreateWriter());

    /// <summary>Makes the blob appear in a repository, where it was sent to that one.</summary>
    /// <param name="name">An image of the repository.</param>
    /// <param name="blob">Which the repository lacks.</param>
    /// <param name="progress">Told how many bytes are sent.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>False where the blob is still to be sent.</returns>
    public async Task<bool> TryCommitAsync(
        ImageReference name, Digest blob, IProgress<long> progress, CancellationToken cancellationToken) =>
        name.Registry == destination.Registry
        && name.Repository == destination.Repository
        && whole.TryRemove(blob, out var upload)
        && await upload.TryCommitAsync(blob, progress, cancellationToken);

    /// <summary>The repository has the blob already.</summary>
    public void GiveUp(Digest blob)
    {
        if (whole.TryRemove(blob, out var upload))
        {
            upload.GiveUp();
        }
    }

    public async ValueTask DisposeAsync() => await Task.WhenAll(all.Select(upload => upload.DisposeAsync().AsTask()));

    private sealed class Writer(EarlyUploads uploads, DiskBlobWriter file) : IBlobWriter
    {
        private readonly Channel<long> lengths = Channel.CreateBounded<long>(
            new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest, SingleWriter = true, SingleReader = true });

        private GrowingUpload? upload;
        private bool committed;

        public long Length => file.Length;

        public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
        {
            await file.WriteAsync(bytes, cancellationToken);
            if (file.Length >= Least)
            {
                lengths.Writer.TryWrite(file.Length);
                upload ??= uploads.TryBegin(file, lengths.Reader);
            }
        }

        public async ValueTask<Digest> CommitAsync(Digest? expected, CancellationToken cancellationToken)
        {
            var digest = await file.CommitAsync(expected, cancellationToken);
            lengths.Writer.Complete();
            if (upload is not null)
            {
                uploads.whole[digest] = upload;
            }

            committed = true;
            return digest;
        }

        public ValueTask DisposeAsync()
        {
            lengths.Writer.TryComplete();
            if (!committed)
            {
                upload?.GiveUp();
            }

            return file.DisposeAsync();
        }
    }

    /// <summary>Null where as many are on their way as may be, or the registry did not take one.</summary>
    private GrowingUpload? TryBegin(DiskBlobWriter file, ChannelReader<long> lengths)
    {
        if (all.Any(upload => upload.IsRefused) || all.Count(upload => !upload.IsSent) >= client.Uploads.AtOnce)
        {
            return null;
        }

        try
        {
            var upload = client.BeginUpload(destination, file.OpenRead, lengths);
            all.Add(upload);
            return upload;
        }
        catch (Exception e) when (e is IOException or BuildFailedException)
        {
            // The file cannot be opened, or the registry is blocked, which the push tells.
            return null;
        }
    }
}
