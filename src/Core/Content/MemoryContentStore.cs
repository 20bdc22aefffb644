using System.Collections.Concurrent;
using ContainerStages.Oci;

namespace ContainerStages.Content;

/// <summary>Blobs in memory, for small documents and tests.</summary>
internal sealed class MemoryContentStore : IContentStore
{
    private readonly ConcurrentDictionary<Digest, byte[]> blobs = new();

    /// <summary>Number of blobs.</summary>
    public int Count => blobs.Count;

    public bool Contains(Digest digest) => blobs.ContainsKey(digest);

    public long? GetSize(Digest digest) => blobs.TryGetValue(digest, out var bytes) ? bytes.Length : null;

    public Stream OpenRead(Digest digest) =>
        blobs.TryGetValue(digest, out var bytes)
            ? new MemoryStream(bytes, writable: false)
            : throw new FileNotFoundException($"The blob {digest} is not in the store.");

    public IBlobWriter CreateWriter() => new Writer(blobs);

    public void Discard(Digest digest) => blobs.TryRemove(digest, out _);

    private sealed class Writer(ConcurrentDictionary<Digest, byte[]> blobs) : IBlobWriter
    {
        private readonly MemoryStream content = new();

        public long Length => content.Length;

        public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
            content.WriteAsync(bytes, cancellationToken);

        public ValueTask<Digest> CommitAsync(Digest? expected, CancellationToken cancellationToken)
        {
            var bytes = content.ToArray();
            var actual = Digest.Of(bytes);
            if (expected is { } announced && announced != actual)
            {
                throw new DigestMismatchException(announced, actual);
            }

            blobs.TryAdd(actual, bytes);
            return ValueTask.FromResult(actual);
        }

        public ValueTask DisposeAsync() => content.DisposeAsync();
    }
}
