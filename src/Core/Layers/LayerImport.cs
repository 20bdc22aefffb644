using System.Security.Cryptography;
using ContainerStages.Content;
using ContainerStages.Contracts;
using ContainerStages.Oci;

namespace ContainerStages.Layers;

/// <summary>Takes layers in that no manifest describes: those of Docker's archives, which are seldom compressed.</summary>
internal static class LayerImport
{
    private const int GzipLevel = 6;

    /// <summary>
    /// Stores a layer, compressed with gzip where it is not compressed at all, and says what it is. The same tar gives the same blob.
    /// </summary>
    /// <param name="content">The layer, read to its end.</param>
    /// <param name="name">For messages.</param>
    /// <param name="store">Takes the blob.</param>
    /// <param name="cancellationToken">Stops between blocks.</param>
    /// <exception cref="Diagnostics.BuildFailedException">It is no tar, or its compression is damaged.</exception>
    public static async Task<Layer> StoreAsync(Stream content, string name, IContentStore store, CancellationToken cancellationToken)
    {
        var head = new byte[4];
        var count = content.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        await using var whole = new PrefixedStream(head.AsMemory(0, count), content);
        return LayerDecompression.Detect(head.AsSpan(0, count)) == LayerCompression.None
            ? await CompressAsync(whole, store, cancellationToken)
            : await KeepAsync(whole, name, store, cancellationToken);
    }

    private static async Task<Layer> CompressAsync(Stream tar, IContentStore store, CancellationToken cancellationToken)
    {
        await using var blob = store.CreateWriter();
        await using var gzip = new ParallelGzipStream(GzipLevel, blob.WriteAsync, cancellationToken);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using var diff = new HashingStream(gzip, hash);
        var buffer = new byte[256 << 10];
        for (int count; (count = tar.Read(buffer)) > 0;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            diff.Write(buffer.AsSpan(0, count));
        }

        await diff.CompleteAsync();
        var descriptor = new Descriptor
        {
            MediaType = MediaTypes.OciLayerGzip,
            Digest = await blob.CommitAsync(null, cancellationToken),
            Size = blob.Length,
        };
        return new Layer(descriptor, Digest.FromHash(hash.GetHashAndReset()), LayerSizes.Unknown);
    }

    private static async Task<Layer> KeepAsync(Stream content, string name, IContentStore store, CancellationToken cancellationToken)
    {
        var digest = await store.CopyAsync(content, expected: null, cancellationToken);
        await using var blob = store.OpenRead(digest);
        var found = LayerInspector.Inspect(blob, name, cancellationToken);
        return new Layer(
            new Descriptor
            {
                MediaType = LayerDecompression.MediaType(found.Compression, docker: false),
                Digest = digest,
                Size = found.BlobSize,
            },
            found.DiffId,
            found.ContentSize);
    }
}
