using System.Diagnostics;
using ContainerStages.Caching;
using ContainerStages.Content;
using ContainerStages.Diagnostics;
using ContainerStages.Media.Registry;
using ContainerStages.Oci;

namespace ContainerStages.Media.Caches;

/// <summary>
/// A shared cache under a name in a registry. A registry cannot compare and set: every writer looks again after it wrote, and puts what
/// it finds missing there once more. Source: distribution-spec 1.1.
/// </summary>
/// <param name="store">Keeps the document, so that it is fetched once while nobody writes.</param>
internal sealed class RegistryCache(RegistryClient client, ImageReference reference, IContentStore store) : ISharedCacheMedium
{
    public string Name => reference.ToString();

    public async Task<StoredCache?> FindAsync(CancellationToken cancellationToken)
    {
        Images.ManifestDocument found;
        try
        {
            found = await client.GetManifestAsync(reference, cancellationToken);
        }
        catch (BuildFailedException failure) when (failure.Diagnostics.All(RegistryDiagnostics.IsNotFound))
        {
            return null;
        }

        var described = CacheManifest.DocumentOf(found.Manifest);
        return await StoredCache.ReadAsync(found.Digest, () => ReadDocumentAsync(described, cancellationToken));
    }

    public Task<Stream> OpenAsync(Descriptor blob, CancellationToken cancellationToken) =>
        client.OpenBlobAsync(reference, blob, cancellationToken);

    public async Task WriteAsync(Descriptor blob, bool isDamaged, Func<CancellationToken, Task<Stream>> open,
        CancellationToken cancellationToken)
    {
        if (isDamaged || !await client.HasPublishedBlobAsync(reference, blob.Digest, cancellationToken))
        {
            await client.PushBlobAsync(reference, blob, mountFrom: null, open, progress: null, cancellationToken);
        }
    }

    public async Task<bool> TryReplaceAsync(StoredCache? before, SharedCacheDocument document, CancellationToken cancellationToken)
    {
        var bytes = document.ToBytes();
        var described = CacheManifest.Describe(bytes);
        var manifest = CacheManifest.Create(document, described);
        await WriteAsync(described, isDamaged: false, open: _ =>
            Task.FromResult<Stream>(new MemoryStream(bytes, false)), cancellationToken);
        var looked = Stopwatch.StartNew();
        if (await client.FindPublishedAsync(reference, cancellationToken) != before?.Digest)
        {
            return false;
        }

        await client.PushManifestAsync(reference, manifest.Descriptor.MediaType, manifest.Bytes, cancellationToken);

        // Another writer that looked before this one wrote has written by then, also where registry and machine are slow.
        await Task.Delay((2 * looked.Elapsed) + TimeSpan.FromMilliseconds(Random.Shared.Next(50, 150)), cancellationToken);
        var now = await FindAsync(cancellationToken);
        return now is not null && (now.Digest == manifest.Descriptor.Digest || now.Document.Covers(document));
    }

    private async Task<ReadOnlyMemory<byte>> ReadDocumentAsync(Descriptor described, CancellationToken cancellationToken)
    {
        if (store.Holds(described))
        {
            return await store.ReadAllBytesAsync(described.Digest, ContentStoreExtensions.DocumentLimit, cancellationToken);
        }

        await using var content = await client.OpenBlobAsync(reference, described, cancellationToken);
        var bytes = await CacheManifest.ReadAsync(content, described, cancellationToken);
        await store.AddAsync(bytes, cancellationToken);
        return bytes;
    }
}
