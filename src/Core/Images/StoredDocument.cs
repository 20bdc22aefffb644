using ContainerStages.Content;
using ContainerStages.Oci;

namespace ContainerStages.Images;

/// <summary>
/// Manifests, indexes and configurations of the content store: one that is damaged counts as missing, so that it is fetched again.
/// </summary>
internal static class StoredDocument
{
    /// <summary>The document; null where it is missing, larger than <paramref name="limit"/> bytes, or not what its digest says.</summary>
    public static async Task<ReadOnlyMemory<byte>?> ReadAsync(
        IContentStore store,
        Digest digest,
        long limit,
        CancellationToken cancellationToken)
    {
        if (store.GetSize(digest) is not { } size || size > limit)
        {
            return null;
        }

        var bytes = new byte[size];
        try
        {
            await store.ReadAsync(digest, bytes, cancellationToken);
        }
        catch (FileNotFoundException)
        {
            return null;
        }

        // Not '? bytes : null': that null would become an empty document.
        return Digest.Of(bytes) == digest ? bytes : default(ReadOnlyMemory<byte>?);
    }

    /// <inheritdoc cref="ReadAsync"/>
    public static async Task<bool> IsWholeAsync(IContentStore store, Digest digest, CancellationToken cancellationToken) =>
        await ReadAsync(store, digest, ContentStoreExtensions.DocumentLimit, cancellationToken) is not null;
}
