using ContainerStages.Content;
using ContainerStages.Diagnostics;
using ContainerStages.Images;
using ContainerStages.Oci;

namespace ContainerStages.Registry;

/// <summary>Downloads blobs into the content store; whoever asks for the same blob at the same time shares one download.</summary>
public sealed class BlobFetcher(RegistryClient client, IContentStore store) : IBlobFetcher
{
    private readonly Dictionary<Digest, SharedDownload> running = [];
    private readonly Lock gate = new();

    /// <inheritdoc/>
    /// <exception cref="BuildFailedException">The blob cannot be had, or is not what its digest says.</exception>
    public async Task FetchAsync(ImageReference origin, Descriptor blob, CancellationToken cancellationToken)
    {
        if (!store.Contains(blob.Digest))
        {
            await ReplaceAsync(origin, blob, cancellationToken);
        }
    }

    /// <summary>Fetches the blob also where the store has one of the name, which is damaged.</summary>
    /// <exception cref="BuildFailedException">The blob cannot be had, or is not what its digest is.</exception>
    internal async Task ReplaceAsync(ImageReference origin, Descriptor blob, CancellationToken cancellationToken)
    {
        var download = Join(origin, blob);
        try
        {
            await download.Completion.WaitAsync(cancellationToken);
        }
        finally
        {
            await LeaveAsync(blob.Digest, download);
        }
    }

    private SharedDownload Join(ImageReference origin, Descriptor blob)
    {
        lock (gate)
        {
            if (!running.TryGetValue(blob.Digest, out var download))
            {
                running[blob.Digest] = download = new SharedDownload(token => DownloadAsync(origin, blob, token));
            }

            download.Waiting++;
            return download;
        }
    }

    /// <summary>The last to leave stops the download and waits until it is gone: nothing runs on behind.</summary>
    private async Task LeaveAsync(Digest digest, SharedDownload download)
    {
        lock (gate)
        {
            if (--download.Waiting > 0)
            {
                return;
            }

            running.Remove(digest);
        }

        await download.DisposeAsync();
    }

    private async Task DownloadAsync(ImageReference origin, Descriptor blob, CancellationToken cancellationToken)
    {
        await using var content = await client.OpenBlobAsync(origin, blob, cancellationToken);
        await using var writer = store.CreateWriter();
        using var buffer = new PooledBuffer();
        int count;
        while ((count = await content.ReadAsync(buffer.Memory, cancellationToken)) > 0)
        {
            await writer.WriteAsync(buffer.Memory[..count], cancellationToken);
        }

        try
        {
            await writer.CommitAsync(blob.Digest, cancellationToken);
        }
        catch (DigestMismatchException e)
        {
            throw new BuildFailedException(RegistryDiagnostics.DigestMismatch($"blob of '{origin.FamiliarName}'", origin.Registry, e.Expected.ToString(), e.Actual.ToString()), e);
        }
    }

    private sealed class SharedDownload : IAsyncDisposable
    {
        private readonly CancellationTokenSource stop = new();

        public SharedDownload(Func<CancellationToken, Task> download) => Completion = Task.Run(() => download(stop.Token));

        public Task Completion { get; }

        public int Waiting { get; set; }

        public async ValueTask DisposeAsync()
        {
            await stop.CancelAsync();
            await Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            stop.Dispose();
        }
    }
}
