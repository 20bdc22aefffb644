using System.IO.Compression;
using ContainerStages.Content;
using ContainerStages.Diagnostics;
using ContainerStages.Layers;
using ContainerStages.Oci;
using ContainerStages.TestKit;

namespace ContainerStages.Core.Tests.Layers;

[TestClass]
public sealed class LayerUnpackerTests : IDisposable
{
    private readonly TempFolder temp = new();
    private readonly string layer;
    private readonly byte[] tar = new TarBuilder().File("file", new string('x', 3_000_000)).ToArray();

    public LayerUnpackerTests() => layer = temp.NewFolder("layer");

    public TestContext TestContext { get; set; } = null!;

    public void Dispose() => temp.Dispose();

    [TestMethod]
    [DataRow("gzip")]
    [DataRow("gzip in members")]
    [DataRow("zstd")]
    [DataRow("zstd after a skippable frame")]
    [DataRow("none")]
    public async Task Layers_are_unpacked_whatever_their_media_type_says(string compression)
    {
        var blob = Compress(compression);
        var store = new MemoryContentStore();
        await using var tee = store.CreateWriter();
        var bytes = 0L;
        var extracted = await UnpackAsync(blob, Digest.Of(blob), blob.Length, Digest.Of(tar), tee, count => bytes = count);
        Assert.AreEqual(3_000_000, extracted.Size);
        Assert.AreEqual(3_000_000, new FileInfo(Path.Combine(layer, "file")).Length);
        Assert.AreEqual(blob.Length, bytes);
        Assert.IsTrue(store.Contains(Digest.Of(blob)));
    }

    [TestMethod]
    public async Task Blob_with_another_digest_is_refused_and_not_stored()
    {
        var blob = Compress("gzip");
        var store = new MemoryContentStore();
        await using var tee = store.CreateWriter();
        var failure = await Assert.ThrowsExactlyAsync<BuildFailedException>(
            () => UnpackAsync(blob, Digest.Of([1]), blob.Length, Digest.Of(tar), tee));
        Assert.AreEqual("CST4104", failure.Diagnostics[0].Code);
        Assert.Contains(Digest.Of(blob).ToString(), failure.Message);
        Assert.IsFalse(store.Contains(Digest.Of(blob)));
    }

    [TestMethod]
    public async Task Another_diff_id_is_refused_and_not_stored()
    {
        var blob = Compress("gzip");
        var store = new MemoryContentStore();
        await using var tee = store.CreateWriter();
        var failure = await Assert.ThrowsExactlyAsync<BuildFailedException>(
            () => UnpackAsync(blob, Digest.Of(blob), blob.Length, Digest.Of([1]), tee));
        Assert.Contains("uncompressed content", failure.Message);
        Assert.IsFalse(store.Contains(Digest.Of(blob)));
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(-1)]
    [DataRow(-2_000_000)]
    public async Task Lying_size_of_the_blob_is_refused(int difference)
    {
        var failure = await Assert.ThrowsExactlyAsync<BuildFailedException>(
            () => UnpackAsync(tar, Digest.Of(tar), tar.Length + difference, Digest.Of(tar), null));
        Assert.Contains("size", failure.Message);
    }

    [TestMethod]
    [DataRow("gzip")]
    [DataRow("zstd")]
    public async Task Damaged_compressed_data_is_refused(string compression)
    {
        var blob = Compress(compression);
        blob[blob.Length / 2] ^= 0xFF;
        await Assert.ThrowsExactlyAsync<BuildFailedException>(() => UnpackAsync(blob, Digest.Of(blob), blob.Length, Digest.Of(tar), null));
    }

    [TestMethod]
    public async Task Bytes_after_the_archive_count_for_the_digests()
    {
        byte[] longer = [.. tar, .. new byte[10_000], 1];
        await UnpackAsync(longer, Digest.Of(longer), longer.Length, Digest.Of(longer), null);
    }

    [TestMethod]
    public async Task Cancelling_ends_it_while_the_blob_stalls()
    {
        var source = new CancellationTokenSource();
        var stalled = new StalledStream(tar.AsMemory(0, 700_000));
        var unpacking =
            LayerUnpacker.UnpackAsync(stalled, Describe(Digest.Of(tar), tar.Length), Digest.Of(tar), layer, null, null, source.Token);
        await stalled.Reached;
        await source.CancelAsync();
        await Assert.ThrowsAsync<OperationCanceledException>(() => unpacking);
    }

    [TestMethod]
    public async Task Refused_entry_ends_it_while_the_blob_stalls()
    {
        var evil = new TarBuilder().File("../evil").File("file", new string('x', 10_000_000)).ToArray();
        var stalled = new StalledStream(evil.AsMemory(0, 1_000_000));
        var failure = await Assert.ThrowsExactlyAsync<BuildFailedException>(() =>
            LayerUnpacker.UnpackAsync(
                stalled, Describe(Digest.Of(evil), evil.Length), Digest.Of(evil), layer, null, null, TestContext.CancellationToken));
        Assert.AreEqual("CST4106", failure.Diagnostics[0].Code);
    }

    private Task<ExtractedLayer> UnpackAsync(
        byte[] blob, Digest digest, long size, Digest diffId, IBlobWriter? tee, Action<long>? onBytes = null) =>
        LayerUnpacker.UnpackAsync(
            new MemoryStream(blob), Describe(digest, size), diffId, layer, tee, onBytes, TestContext.CancellationToken);

    private static Descriptor Describe(Digest digest, long size) =>
        new() { MediaType = MediaTypes.OciLayerGzip, Digest = digest, Size = size };

    private byte[] Compress(string compression)
    {
        var output = new MemoryStream();
        switch (compression)
        {
            case "gzip":
                Gzip(output, tar);
                break;
            case "gzip in members":
                Gzip(output, tar.AsSpan(0, 1000));
                Gzip(output, tar.AsSpan(1000));
                break;
            case "none":
                output.Write(tar);
                break;
            default:
                output.Write(compression == "zstd" ? [] : [0x50, 0x2A, 0x4D, 0x18, 3, 0, 0, 0, 1, 2, 3]);
                using (var zstd = new ZstdSharp.CompressionStream(output, leaveOpen: true))
                {
                    zstd.Write(tar);
                }

                break;
        }

        return output.ToArray();
    }

    private static void Gzip(Stream output, ReadOnlySpan<byte> bytes)
    {
        using var gzip = new GZipStream(output, CompressionLevel.Fastest, leaveOpen: true);
        gzip.Write(bytes);
    }

    /// <summary>Gives its bytes, then nothing until it is cancelled: a connection that hangs.</summary>
    private sealed class StalledStream(ReadOnlyMemory<byte> bytes) : MemoryStream
    {
        private readonly TaskCompletionSource reached = new();
        private int position;

        public Task Reached => reached.Task;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (position == bytes.Length)
            {
                reached.TrySetResult();
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }

            var count = Math.Min(buffer.Length, bytes.Length - position);
            bytes.Slice(position, count).CopyTo(buffer);
            position += count;
            return count;
        }
    }
}
