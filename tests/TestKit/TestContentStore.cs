using System.Collections.Concurrent;
using ContainerStages.Content;
using ContainerStages.Oci;

namespace ContainerStages.TestKit;

/// <summary>Blobs in memory, for tests of other parts than stores.</summary>
public sealed class TestContentStore : IContentStore
{
    private readonly ConcurrentDictionary<Digest, byte[]> blobs = new();

    public int Count => blobs.Count;

    public bool Contains(Digest digest) => blobs.ContainsKey(digest);

    public long? GetSize(Digest digest) => blobs.TryGetValue(digest, out var blob) ? blob.Length : null;

    public Stream OpenRead(Digest digest) =>
        blobs.TryGetValue(digest, out var blob) ? new MemoryStream(blob, writable: false) : throw new FileNotFoundException($"No blob {digest}.");

    public IBlobWriter CreateWriter() => new Writer(blobs);

    /// <summary>Puts content in and returns its digest.</summary>
    public Digest Add(byte[] content)
    {
        var digest = Digest.Of(content);
        blobs[digest] = content;
        return digest;
    }

    private sealed class Writer(ConcurrentDictionary<Digest, byte[]> blobs) : IBlobWriter
    {
        private readonly MemoryStream bytes = new();

        public long Length => bytes.Length;

        public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) => this.bytes.WriteAsync(bytes, cancellationToken);

        public ValueTask<Digest> CommitAsync(Digest? expected, CancellationToken cancellationToken)
        {
            var content = bytes.ToArray();
            var digest = Digest.Of(content);
            if (expected is { } wanted && wanted != digest)
            {
                throw new DigestMismatchException(wanted, digest);
            }

            blobs[digest] = content;
            return ValueTask.FromResult(digest);
        }

        public ValueTask DisposeAsync() => bytes.DisposeAsync();
    }
}
