using ContainerStages.Diagnostics;
using ContainerStages.Oci;

namespace ContainerStages.Caching;

/// <summary>Where a cache that machines share is kept: a repository of a registry, or a folder.</summary>
internal interface ISharedCacheMedium
{
    /// <summary>For people.</summary>
    string Name { get; }

    /// <summary>What is there; null where nothing is yet.</summary>
    /// <exception cref="BuildFailedException">It cannot be reached.</exception>
    /// <exception cref="InvalidDataException">What is there is no cache, or one of another version.</exception>
    Task<StoredCache?> FindAsync(CancellationToken cancellationToken);

    /// <summary>A blob that the document names, as it is stored: the reader checks size and digest.</summary>
    /// <exception cref="Exception">It is not there, or cannot be reached.</exception>
    Task<Stream> OpenAsync(Descriptor blob, CancellationToken cancellationToken);

    /// <summary>Sends a blob unless it is there.</summary>
    /// <param name="isDamaged">True: what is there under its name is not believed.</param>
    /// <param name="open">Opens the content anew for each attempt, as a stream that can seek.</param>
    /// <exception cref="BuildFailedException">It cannot be written.</exception>
    Task WriteAsync(Descriptor blob, bool isDamaged, Func<CancellationToken, Task<Stream>> open, CancellationToken cancellationToken);

    /// <summary>Puts <paramref name="document"/>, whose blobs are all there, in the place of <paramref name="before"/>.</summary>
    /// <returns>False where another writer was there meanwhile: what both have to say must be put together, and tried again.</returns>
    /// <exception cref="BuildFailedException">It cannot be written.</exception>
    Task<bool> TryReplaceAsync(StoredCache? before, SharedCacheDocument document, CancellationToken cancellationToken);
}

/// <summary>A cache as it was found.</summary>
/// <param name="Digest">Of its manifest.</param>
/// <param name="Document">Empty where it cannot be read.</param>
/// <param name="Damage">Why it cannot be read: a writer puts a whole one in its place. Null where it can.</param>
internal sealed record StoredCache(Digest Digest, SharedCacheDocument Document, string? Damage = null)
{
    /// <summary>Reads the document of a manifest that is one of a cache.</summary>
    public static async Task<StoredCache> ReadAsync(Digest manifest, Func<Task<ReadOnlyMemory<byte>>> read)
    {
        try
        {
            return new StoredCache(manifest, SharedCacheDocument.Read((await read()).Span));
        }
        catch (Exception exception) when (exception is InvalidDataException || IsLost(exception))
        {
            return new StoredCache(manifest, new SharedCacheDocument(), SharedCache.ReasonOf(exception));
        }
    }

    private static bool IsLost(Exception exception) =>
        exception is BuildFailedException failure && failure.Diagnostics.All(RegistryDiagnostics.IsLostBlob);
}
