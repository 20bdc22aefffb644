using ContainerStages.Content;
using ContainerStages.Oci;

namespace ContainerStages.TestKit;

/// <summary>The store in memory, with a short way to put content in.</summary>
public sealed class TestContentStore : IContentStore
{
    private readonly MemoryContentStore blobs = new();

    public int Count => blobs.Count;

    public bool Contains(Digest digest) => blobs.Contains(digest);

    public long? GetSize(Digest digest) => blobs.GetSize(digest);

    public Stream OpenRead(Digest digest) => blobs.OpenRead(digest);

    public IBlobWriter CreateWriter() => blobs.CreateWriter();

    public void Discard(Digest digest) => blobs.Discard(digest);

    /// <summary>Puts content in and returns its digest.</summary>
    public Digest Add(byte[] content) => blobs.AddAsync(content, CancellationToken.None).GetAwaiter().GetResult();
}
