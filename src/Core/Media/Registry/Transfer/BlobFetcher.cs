using ContainerStages.Concurrency;
using ContainerStages.Content;
using ContainerStages.Diagnostics;
using ContainerStages.Oci;

namespace ContainerStages.Media.Registry;

/// <summary>Downloads blobs into the content store; whoever asks for the same blob at the same time shares one download.</summary>
internal sealed class BlobFetcher(RegistryClient client, IContentStore store) : IBlobFetcher
{
    private readonly SharedWork<Digest, bool> downloads = new(remember: false);

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
    internal Task ReplaceAsync(ImageReference origin, Descriptor blob, CancellationToken cancellationToken) =>
        downloads.DoAsync(blob.Digest, token => DownloadAsync(origin, blob, token), cancellationToken);

    private async Task<bool> DownloadAsync(ImageReference origin, Descriptor blob, CancellationToken cancellationToken)
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
            return true;
        }
        catch (DigestMismatchException e)
        {
            throw new BuildFailedException(
                RegistryDiagnostics.DigestMismatch(
                    $"blob of '{origin.FamiliarName}'",
                    origin.Registry,
                    e.Expected.ToString(),
                    e.Actual.ToString()),
                e);
        }
    }
}
