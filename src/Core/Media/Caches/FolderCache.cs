using System.Text;
using ContainerStages.Caching;
using ContainerStages.Content;
using ContainerStages.Images;
using ContainerStages.Media.Files;
using ContainerStages.Media.Layout;
using ContainerStages.Oci;
using ContainerStages.Publishing;

namespace ContainerStages.Media.Caches;

/// <summary>
/// A shared cache in a folder, which a pipeline saves and restores: an OCI layout. Blobs that no entry names any more are removed.
/// Source: image-spec, image-layout.md.
/// </summary>
internal sealed class FolderCache(string path) : ISharedCacheMedium
{
    private const string Tag = "cache";
    private readonly SourceFiles files = new(ImageReference.OfLayout(path));

    public string Name => path;

    public async Task<StoredCache?> FindAsync(CancellationToken cancellationToken)
    {
        if (!files.IsFolder || await files.ReadAsync("index.json", cancellationToken) is not { } bytes)
        {
            return null;
        }

        if (LayoutIndex.Find(IndexOf(bytes), Tag) is not { } described)
        {
            return null;
        }

        var manifest = ManifestDocument.Create(await ReadAsync(described, cancellationToken), described.MediaType,
            ImageReference.OfLayout(path), path);
        var document = CacheManifest.DocumentOf(manifest.Manifest);
        return await StoredCache.ReadAsync(described.Digest, async () => await ReadAsync(document, cancellationToken));
    }

    public Task<Stream> OpenAsync(Descriptor blob, CancellationToken cancellationToken) =>
        Task.FromResult<Stream>(files.TryOpen(blob.Digest) ?? throw new FileNotFoundException($"'{path}' lacks it."));

    public Task WriteAsync(Descriptor blob, bool isDamaged, Func<CancellationToken, Task<Stream>> open,
        CancellationToken cancellationToken) => ImageBlobs.GuardAsync(path, async () =>
    {
        Directory.CreateDirectory(path);
        var layout = new DiskContentStore(path);
        if (isDamaged)
        {
            File.Delete(PathOf(blob.Digest));
        }

        if (!layout.Holds(blob))
        {
            await using var content = await open(cancellationToken);
            await layout.CopyAsync(content, blob.Digest, cancellationToken);
        }

        return true;
    });

    public Task<bool> TryReplaceAsync(StoredCache? before, SharedCacheDocument document, CancellationToken cancellationToken) =>
        ImageBlobs.GuardAsync(path, async () =>
    {
        Directory.CreateDirectory(path);
        await using var held = await LayoutLock.TakeAsync(path, cancellationToken);
        if ((await FindAsync(cancellationToken))?.Digest != before?.Digest)
        {
            return false;
        }

        var layout = new DiskContentStore(path);
        var bytes = document.ToBytes();
        var manifest = CacheManifest.Create(document, CacheManifest.Describe(bytes));
        await layout.AddAsync(bytes, cancellationToken);
        await layout.AddAsync(manifest.Bytes, cancellationToken);
        var (index, isAlone) = await ReplaceIndexAsync(manifest.Descriptor, cancellationToken);
        StoreDirectory.WriteAtomically(Path.Combine(path, "index.json"), Encoding.UTF8.GetBytes(index));
        if (isAlone)
        {
            RemoveOthers([.. document.Blobs.Select(blob => blob.Digest), Digest.Of(bytes), manifest.Descriptor.Digest]);
        }

        return true;
    });

    /// <summary>The new index, and whether the cache is all that the layout holds.</summary>
    private async Task<(string Json, bool IsAlone)> ReplaceIndexAsync(Descriptor manifest, CancellationToken cancellationToken)
    {
        var bytes = await files.ReadAsync("index.json", cancellationToken);
        var index = bytes is null ? LayoutIndex.CreateEmpty() : LayoutIndex.Parse(path, Encoding.UTF8.GetString(bytes));
        index.Set(Tag, manifest);
        var json = index.ToJson();
        return (json, IndexOf(Encoding.UTF8.GetBytes(json)).Manifests.Count == 1);
    }

    /// <summary>Blobs that are younger than an hour stay: another build may be writing what belongs to its own entry.</summary>
    private void RemoveOthers(HashSet<Digest> kept)
    {
        var oldest = DateTime.UtcNow.AddHours(-1);
        foreach (var file in new DirectoryInfo(Path.Combine(path, "blobs", "sha256")).EnumerateFiles())
        {
            if (file.LastWriteTimeUtc < oldest && Digest.TryParse($"sha256:{file.Name}", out var digest) && !kept.Contains(digest))
            {
                file.Delete();
            }
        }
    }

    private string PathOf(Digest digest) => Path.Combine(path, "blobs", "sha256", digest.Hex);

    private static ImageIndex IndexOf(byte[] bytes)
    {
        try
        {
            return LayoutIndex.Read(bytes);
        }
        catch (System.Text.Json.JsonException exception)
        {
            throw new InvalidDataException($"its index.json is no JSON ({exception.Message})", exception);
        }
    }

    private async Task<byte[]> ReadAsync(Descriptor document, CancellationToken cancellationToken)
    {
        await using var content = files.TryOpen(document.Digest) ?? throw new InvalidDataException($"it lacks {document.Digest}.");
        return document.Size <= ContentStoreExtensions.DocumentLimit
            ? await CacheManifest.ReadAsync(content, document, cancellationToken)
            : throw new InvalidDataException("a document of it is too large.");
    }
}
