using ContainerStages.Oci;

namespace ContainerStages.Content;

/// <summary>Blobs by digest. Safe for several threads and several processes at once.</summary>
public interface IContentStore
{
    /// <summary>True where the whole blob is here.</summary>
    bool Contains(Digest digest);

    /// <summary>Size in bytes, or null where the blob is not here.</summary>
    long? GetSize(Digest digest);

    /// <summary>Opens the blob for sequential reading. The bytes are as stored; readers of untrusted stores check the digest.</summary>
    /// <exception cref="FileNotFoundException">The blob is not here.</exception>
    Stream OpenRead(Digest digest);

    /// <summary>Reads the beginning of a blob, as much as there is room for.</summary>
    /// <returns>Number of bytes.</returns>
    /// <exception cref="FileNotFoundException">The blob is not here.</exception>
    async ValueTask<int> ReadAsync(Digest digest, Memory<byte> bytes, CancellationToken cancellationToken)
    {
        await using var blob = OpenRead(digest);
        return await blob.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken);
    }

    /// <summary>
    /// A writer whose blob appears under its digest, whole, when it is committed; disposed without that, it leaves nothing.
    /// </summary>
    IBlobWriter CreateWriter();

    /// <summary>Takes away a blob that was found not to be what its digest says, so that it counts as missing from here on.</summary>
    void Discard(Digest digest);
}

/// <summary>Takes bytes in order, hashing them on the way.</summary>
public interface IBlobWriter : IAsyncDisposable
{
    /// <summary>Bytes taken so far.</summary>
    long Length { get; }

    ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken);

    /// <summary>Makes the blob visible and returns its digest; committing content that is already stored is no error.</summary>
    /// <exception cref="DigestMismatchException">The content is not what <paramref name="expected"/> says; nothing is stored.</exception>
    ValueTask<Digest> CommitAsync(Digest? expected, CancellationToken cancellationToken);
}

/// <summary>Content that is not what its digest says.</summary>
internal sealed class DigestMismatchException(Digest expected, Digest actual)
    : IOException($"The content has digest {actual}, not {expected} as was announced.")
{
    public Digest Expected { get; } = expected;

    public Digest Actual { get; } = actual;
}
