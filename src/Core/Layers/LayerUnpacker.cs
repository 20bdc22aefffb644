using System.Runtime.ExceptionServices;
using System.Security.Cryptography;
using ContainerStages.Content;
using ContainerStages.Diagnostics;
using ContainerStages.Oci;

namespace ContainerStages.Layers;

/// <summary>
/// Unpacks a layer while it arrives: receiving and hashing, decompressing, hashing the tar, and writing files each have a thread;
/// a few megabytes are on their way between them.
/// </summary>
internal static class LayerUnpacker
{
    /// <summary>Nothing is trusted before both digests were right: on any failure the caller removes the folder.</summary>
    /// <param name="blob">The layer as it travels; gzip, zstd or plain tar, told apart by content. Read to its end, not disposed.</param>
    /// <param name="descriptor">What the manifest says of the blob.</param>
    /// <param name="expectedDiffId">What the image configuration says of the tar inside.</param>
    /// <param name="directory">An empty folder.</param>
    /// <param name="tee">Receives the blob as well and is committed when everything was right; or null.</param>
    /// <param name="onBytes">Told the bytes received so far, in order, from another thread; or null.</param>
    /// <param name="cancellationToken">Stops all threads before the task ends.</param>
    /// <param name="limits">How much the archive may ask for; <see cref="ExtractionLimits.Default"/> where null.</param>
    /// <exception cref="BuildFailedException">
    /// A digest or the size is another, the archive is damaged or refused, or the disk is full.
    /// </exception>
    public static async Task<ExtractedLayer> UnpackAsync(
        Stream blob,
        Descriptor descriptor,
        Digest expectedDiffId,
        string directory,
        IBlobWriter? tee,
        Action<long>? onBytes,
        CancellationToken cancellationToken,
        ExtractionLimits? limits = null)
    {
        using var pipeline = new Pipeline(descriptor, cancellationToken);
        var receiving = pipeline.Start(
            pipeline.Compressed,
            token => ReceiveAsync(blob, descriptor, tee, onBytes, pipeline.Compressed, token));
        var decompressing = pipeline.Start(pipeline.Plain, token => Decompress(pipeline.Compressed, pipeline.Plain, token));
        var hashing = pipeline.Start(pipeline.Hashed, token => HashContent(pipeline.Plain, pipeline.Hashed, token));
        var extracting = pipeline.Start(
            null,
            token => ExtractLayer(pipeline.Hashed, directory, descriptor.Digest, limits ?? ExtractionLimits.Default, token));
        await pipeline.CompleteAsync(receiving, decompressing, hashing, extracting);

        Verify(descriptor, "the digest", descriptor.Digest, await receiving);
        Verify(descriptor, "the digest of the uncompressed content", expectedDiffId, await hashing);
        if (tee is not null)
        {
            await tee.CommitAsync(descriptor.Digest, cancellationToken);
        }

        return await extracting;
    }

    private static async Task<Digest> ReceiveAsync(
        Stream blob,
        Descriptor descriptor,
        IBlobWriter? tee,
        Action<long>? onBytes,
        BlockPipe output,
        CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var total = 0L; ;)
        {
            var block = BlockPipe.Rent();
            var count = await blob.ReadAtLeastAsync(
                block.Bytes.AsMemory(0, BlockPipe.BlockSize),
                BlockPipe.BlockSize,
                throwOnEndOfStream: false,
                cancellationToken);
            total += count;
            if (total > descriptor.Size || (count == 0 && total < descriptor.Size))
            {
                throw new BuildFailedException(StoreDiagnostics.LayerDigestMismatch(
                    descriptor.Digest.ToString(),
                    "the size",
                    $"{(count == 0 ? "" : "at least ")}{total} bytes instead of {descriptor.Size}"));
            }

            if (count == 0)
            {
                block.Return();
                return Digest.FromHash(hash.GetHashAndReset());
            }

            hash.AppendData(block.Bytes.AsSpan(0, count));
            if (tee is not null)
            {
                await tee.WriteAsync(block.Bytes.AsMemory(0, count), cancellationToken);
            }

            await output.Writer.WriteAsync(block with { Length = count }, cancellationToken);
            onBytes?.Invoke(total);
        }
    }

    private static Task<bool> Decompress(BlockPipe input, BlockPipe output, CancellationToken cancellationToken)
    {
        using var compressed = input.OpenRead(cancellationToken);
        using var plain = LayerDecompression.Open(compressed);
        while (true)
        {
            var block = BlockPipe.Rent();
            var count = plain.ReadAtLeast(block.Bytes.AsSpan(0, BlockPipe.BlockSize), BlockPipe.BlockSize, throwOnEndOfStream: false);
            if (count == 0)
            {
                block.Return();
                Drain(compressed);
                return Task.FromResult(true);
            }

            output.Write(block with { Length = count }, cancellationToken);
        }
    }

    /// <summary>Bytes after the compressed stream belong to the blob's digest, so its reader must get rid of them.</summary>
    private static void Drain(Stream rest)
    {
        Span<byte> ignored = stackalloc byte[4096];
        while (rest.Read(ignored) > 0)
        {
        }
    }

    private static Task<Digest> HashContent(BlockPipe input, BlockPipe output, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        while (input.Read(cancellationToken) is { } block)
        {
            hash.AppendData(block.Content);
            output.Write(block, cancellationToken);
        }

        return Task.FromResult(Digest.FromHash(hash.GetHashAndReset()));
    }

    private static Task<ExtractedLayer> ExtractLayer(
        BlockPipe input,
        string directory,
        Digest layer,
        ExtractionLimits limits,
        CancellationToken cancellationToken)
    {
        using var tar = input.OpenRead(cancellationToken);
        return Task.FromResult(LayerExtractor.Extract(tar, directory, layer.ToString(), limits, cancellationToken));
    }

    private static void Verify(Descriptor layer, string what, Digest expected, Digest actual)
    {
        if (expected != actual)
        {
            throw new BuildFailedException(
                StoreDiagnostics.LayerDigestMismatch(layer.Digest.ToString(), what, $"{actual} instead of {expected}"),
                new DigestMismatchException(expected, actual));
        }
    }

    /// <summary>The threads of one layer: the first failure stops the others and is the one that is told.</summary>
    private sealed class Pipeline(Descriptor layer, CancellationToken cancellationToken) : IDisposable
    {
        private readonly CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        private Exception? failure;

        public BlockPipe Compressed { get; } = new();

        public BlockPipe Plain { get; } = new();

        public BlockPipe Hashed { get; } = new();

        public Task<T> Start<T>(BlockPipe? output, Func<CancellationToken, Task<T>> stage) =>
            Task.Factory
                .StartNew(() => RunAsync(output, stage), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)
                .Unwrap();

        public async Task CompleteAsync(params Task[] stages)
        {
            await Task.WhenAll(stages).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
            switch (failure)
            {
                case null:
                    return;
                case InvalidDataException or ZstdSharp.ZstdException or EndOfStreamException:
                    throw new BuildFailedException(
                        StoreDiagnostics.LayerDamaged(layer.Digest.ToString(), $"its compressed data is damaged ({failure.Message})"),
                        failure);
                default:
                    ExceptionDispatchInfo.Throw(failure);
                    return;
            }
        }

        public void Dispose() => stop.Dispose();

        private async Task<T> RunAsync<T>(BlockPipe? output, Func<CancellationToken, Task<T>> stage)
        {
            try
            {
                var result = await stage(stop.Token);
                output?.Writer.TryComplete();
                return result;
            }
            catch (Exception exception)
            {
                Interlocked.CompareExchange(ref failure, exception, null);
                output?.Writer.TryComplete(exception);
                await stop.CancelAsync();
                throw;
            }
        }
    }
}
