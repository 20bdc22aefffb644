using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using System.Threading.Channels;

namespace ContainerStages.Layers;

/// <summary>
/// Compresses on all cores into one gzip member: blocks of fixed size are deflated apart, each ending on a byte (sync flush). The bytes depend on content and level only, not on the number of cores. Source: RFC 1951, RFC 1952.
/// </summary>
internal sealed class ParallelGzipStream : CompressorStream
{
    private const int BlockSize = 1 << 20;
    private readonly int level;
    private readonly Channel<Task<CompressedBlock>> queue;
    private readonly Task writing;
    private readonly CancellationToken cancellationToken;
    private readonly Crc32 checksum = new();
    private byte[] block = ArrayPool<byte>.Shared.Rent(BlockSize);
    private int used;

    /// <param name="level">0 to 9.</param>
    /// <param name="write">Takes the compressed bytes in order.</param>
    /// <param name="cancellationToken">Ends the writing early.</param>
    public ParallelGzipStream(int level, ByteSink write, CancellationToken cancellationToken)
    {
        this.level = level;
        this.cancellationToken = cancellationToken;
        queue = Channel.CreateBounded<Task<CompressedBlock>>(new BoundedChannelOptions(Environment.ProcessorCount + 1) { SingleReader = true, SingleWriter = true });
        writing = WriteInOrderAsync(write);
    }

    public override void Write(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var count = Math.Min(bytes.Length, BlockSize - used);
            bytes[..count].CopyTo(block.AsSpan(used));
            used += count;
            bytes = bytes[count..];
            if (used == BlockSize)
            {
                EnqueueBlock();
            }
        }
    }

    public override async Task CompleteAsync()
    {
        if (used > 0)
        {
            EnqueueBlock();
        }

        queue.Writer.TryComplete();
        await writing;
    }

    /// <summary>Waits for the writing to end: the sink may be closed afterwards. What was not completed is lost.</summary>
    public override async ValueTask DisposeAsync()
    {
        queue.Writer.TryComplete();
        await writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await base.DisposeAsync();
    }

    private void EnqueueBlock()
    {
        var (bytes, count) = (block, used);
        checksum.Append(bytes.AsSpan(0, count));
        var task = Task.Run(() => Compress(bytes, count, level), cancellationToken);
        while (!queue.Writer.TryWrite(task))
        {
            if (!queue.Writer.WaitToWriteAsync(cancellationToken).AsTask().GetAwaiter().GetResult())
            {
                writing.GetAwaiter().GetResult();
                throw new ObjectDisposedException(nameof(ParallelGzipStream));
            }
        }

        (block, used) = (ArrayPool<byte>.Shared.Rent(BlockSize), 0);
    }

    private static CompressedBlock Compress(byte[] bytes, int count, int level)
    {
        // The worst that deflate makes of a block is an eighth more.
        var target = ArrayPool<byte>.Shared.Rent(2 * BlockSize);
        using var output = new MemoryStream(target);
        using var deflate = new DeflateStream(output, new ZLibCompressionOptions { CompressionLevel = level }, leaveOpen: true);
        deflate.Write(bytes, 0, count);
        deflate.Flush();

        // The end mark of a whole stream, which comes with closing, is left out.
        var end = (int)output.Position;
        ArrayPool<byte>.Shared.Return(bytes);
        return new CompressedBlock(target, end, count);
    }

    private async Task WriteInOrderAsync(ByteSink write)
    {
        try
        {
            // No name, no time, unknown operating system: nothing that could differ.
            await write(new byte[] { 0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF }, cancellationToken);
            var total = 0L;
            await foreach (var task in queue.Reader.ReadAllAsync(cancellationToken))
            {
                var compressed = await task;
                await write(compressed.Bytes.AsMemory(..compressed.End), cancellationToken);
                ArrayPool<byte>.Shared.Return(compressed.Bytes);
                total += compressed.Length;
            }

            var end = new byte[10];
            end[0] = 3; // an empty last deflate block
            BinaryPrimitives.WriteUInt32LittleEndian(end.AsSpan(2), checksum.GetCurrentHashAsUInt32());
            BinaryPrimitives.WriteUInt32LittleEndian(end.AsSpan(6), (uint)total);
            await write(end, cancellationToken);
        }
        catch (Exception exception)
        {
            queue.Writer.TryComplete(exception);
            throw;
        }
    }

    /// <summary>A rented array with deflate data up to <c>End</c>; the length is that of the plain bytes.</summary>
    private readonly record struct CompressedBlock(byte[] Bytes, int End, int Length);
}
