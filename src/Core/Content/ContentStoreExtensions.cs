using System.Security.Cryptography;
using ContainerStages.Diagnostics;
using ContainerStages.Oci;

namespace ContainerStages.Content;

/// <summary>Whole small documents.</summary>
internal static class ContentStoreExtensions
{
    /// <summary>Largest manifest or configuration that is read, in bytes. Source: distribution-spec, Pushing manifests (4 MiB).</summary>
    public const int DocumentLimit = 4 << 20;

    /// <summary>True where the blob is here in its full size: half of one, after a crash of the machine, counts as missing.</summary>
    public static bool Holds(this IContentStore store, Descriptor blob) => store.GetSize(blob.Digest) == blob.Size;

    /// <summary>
    /// Reads a small blob whole and verifies it: bytes on a disk are not trusted without their digest. A damaged one counts as missing
    /// afterwards.
    /// </summary>
    /// <exception cref="FileNotFoundException">The blob is not here.</exception>
    /// <exception cref="BuildFailedException">The blob is damaged or has more than <paramref name="limit"/> bytes.</exception>
    public static async Task<ReadOnlyMemory<byte>> ReadAllBytesAsync(
        this IContentStore store,
        Digest digest,
        int limit,
        CancellationToken cancellationToken)
    {
        var size = store.GetSize(digest) ?? throw new FileNotFoundException($"The blob {digest} is not in the store.");
        if (size > limit)
        {
            store.Discard(digest);
            throw new BuildFailedException(
                StoreDiagnostics.BlobDamaged(digest.ToString(), $"it has {size} bytes where a document of at most {limit} is expected."));
        }

        var bytes = new byte[size];
        var count = await store.ReadAsync(digest, bytes, cancellationToken);
        var actual = Digest.Of(bytes.AsSpan(0, count));
        if (actual == digest)
        {
            return bytes;
        }

        store.Discard(digest);
        throw new BuildFailedException(StoreDiagnostics.BlobDamaged(digest.ToString(), $"its content has digest {actual}."));
    }

    /// <summary>True where the blob was not what its digest says; it counts as missing then.</summary>
    public static async Task<bool> DiscardDamagedAsync(this IContentStore store, Digest digest, CancellationToken cancellationToken)
    {
        if (!store.Contains(digest))
        {
            return false;
        }

        await using (var blob = store.OpenRead(digest))
        {
            if (Digest.FromHash(await SHA256.HashDataAsync(blob, cancellationToken)) == digest)
            {
                return false;
            }
        }

        store.Discard(digest);
        return true;
    }

    /// <summary>Stores bytes that are in memory and returns their digest; does nothing where they are stored already, whole.</summary>
    public static async Task<Digest> AddAsync(this IContentStore store, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        var digest = Digest.Of(bytes.Span);
        if (!await HoldsAsync(store, digest, bytes, cancellationToken))
        {
            await using var writer = store.CreateWriter();
            await writer.WriteAsync(bytes, cancellationToken);
            await writer.CommitAsync(digest, cancellationToken);
        }

        return digest;
    }

    private static async Task<bool> HoldsAsync(
        IContentStore store,
        Digest digest,
        ReadOnlyMemory<byte> bytes,
        CancellationToken cancellationToken)
    {
        if (store.GetSize(digest) != bytes.Length)
        {
            return false;
        }

        var stored = new byte[bytes.Length];
        return await store.ReadAsync(digest, stored, cancellationToken) == stored.Length
            && stored.AsSpan().SequenceEqual(bytes.Span);
    }

    /// <summary>Stores what a stream holds, read to its end, and returns its digest.</summary>
    /// <exception cref="DigestMismatchException">It is not what <paramref name="expected"/> says; nothing is stored.</exception>
    public static async Task<Digest> CopyAsync(
        this IContentStore store,
        Stream content,
        Digest? expected,
        CancellationToken cancellationToken)
    {
        await using var writer = store.CreateWriter();
        var buffer = new byte[256 << 10];
        for (int count; (count = await content.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            await writer.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
        }

        return await writer.CommitAsync(expected, cancellationToken);
    }
}
