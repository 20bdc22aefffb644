using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;
using System.Threading.Channels;

namespace ContainerStages.Layers;

/// <summary>
/// Compresses on all cores into one gzip member: blocks are deflated apart, each ending on a byte. Where they begin depends on the entries
/// near by, so that a file that changes leaves those of others as they are. The bytes depend on entries, content and level only, not on the
/// number of cores. Source: RFC 1951, RFC 1952.
/// </summary>
internal sealed class ParallelGzipStream : CompressorStream
{
    private const int BlockSize = DeflatedBlock.MaxSize;

    // A shorter block costs what deflate would have found in the bytes before it.
    private const int LeastSize = BlockSize / 2;
    private readonly int level;
    private readonly Channel<Task<DeflatedBlock>> queue;
    private readonly Task writing;
    private readonly CancellationToken cancellationToken;
    private readonly Crc32 checksum = new();
    private byte[] block = ArrayPool<byte>.Shared.Rent(BlockSize);
    private int used;
    private readonly List<int> borders = [];
    private bool isLarge;
    private long contentLeft;

    /// <param name="level">0 to 9.</param>
    /// <param name="write">Takes the compressed bytes in order.</param>
    /// <param name="cancellationToken">Ends the writing early.</param>
    public ParallelGzipStream(int level, ByteSink write, CancellationToken cancellationToken)
    {
        this.level = level;
        this.cancellationToken = cancellationToken;
        queue = Channel.CreateBounded<Task<DeflatedBlock>>(
            new BoundedChannelOptions(Environment.ProcessorCount + 1) { SingleReader = true, SingleWriter = true });
        writing = WriteInOrderAsync(write);
    }

    public override bool HasBlocks => true;

    public override void Write(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var count = Math.Min(bytes.Length, BlockSize - used);
            bytes[..count].CopyTo(block.AsSpan(used));
            used += count;
            bytes = bytes[count..];
            PassContent(count);
            if (used == BlockSize)
            {
                EnqueueBlock();
            }
        }
    }

    public override void BeginEntry(ReadOnlySpan<byte> name, long size)
    {
        // A large file has blocks of its own. Between small ones every fourth may end a block, by its name.
        var wasLarge = isLarge;
        isLarge = size >= BlockSize;
        if (used > 0 && (isLarge || wasLarge || (used >= LeastSize && EndsBlock(name))))
        {
            EnqueueBlock();
        }
    }

    public override void BeginContent(long size)
    {
        if (size >= Randomness.LeastLength)
        {
            borders.Add(used);
            contentLeft = size;
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

    /// <summary>
    /// Says yes of one name in four, everywhere of the same. Source: Fowler, Noll, Vo, FNV-1a; multiplied once more, because the last
    /// letters reach only some of its bits.
    /// </summary>
    private static bool EndsBlock(ReadOnlySpan<byte> name)
    {
        var hash = 0xCBF29CE484222325;
        foreach (var value in name)
        {
            hash = (hash ^ value) * 0x100000001B3;
        }

        return ((hash ^ (hash >> 32)) * 0x9E3779B97F4A7C15) >> 62 == 0;
    }

    /// <summary>A border where the content of a file ends: what follows are headers, and the next file.</summary>
    private void PassContent(int count)
    {
        if (contentLeft > 0 && (contentLeft -= count) <= 0)
        {
            borders.Add(used + (int)contentLeft);
            contentLeft = 0;
        }
    }

    private void EnqueueBlock()
    {
        var (bytes, count) = (block, used);
        int[] ends = [.. borders];
        borders.Clear();
        checksum.Append(bytes.AsSpan(0, count));
        var task = Task.Run(() => Compress(bytes, count, ends, level), cancellationToken);
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

    private static DeflatedBlock Compress(byte[] bytes, int count, int[] borders, int level)
    {
        var compressed = DeflatedBlock.Make(bytes.AsSpan(0, count), borders, level);
        ArrayPool<byte>.Shared.Return(bytes);
        return compressed;
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
}
