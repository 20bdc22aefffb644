using System.Buffers;
using System.Threading.Channels;

namespace ContainerStages.Layers;

/// <summary>
/// Hands blocks of bytes from one thread to the next; the writer waits while <see cref="Capacity"/> blocks are on their way, so that
/// memory stays bounded whatever the sizes. Blocks are rented and given back by whoever reads them last.
/// </summary>
internal sealed class BlockPipe
{
    public const int BlockSize = 256 << 10;
    private const int Capacity = 8;
    private readonly Channel<Block> channel =
        Channel.CreateBounded<Block>(new BoundedChannelOptions(Capacity) { SingleReader = true, SingleWriter = true });

    public ChannelWriter<Block> Writer => channel.Writer;

    public static Block Rent() => new(ArrayPool<byte>.Shared.Rent(BlockSize), 0);

    /// <summary>Waits on this thread: the stages between run on threads of their own.</summary>
    public void Write(Block block, CancellationToken cancellationToken)
    {
        while (!channel.Writer.TryWrite(block))
        {
            Wait(channel.Writer.WaitToWriteAsync(cancellationToken));
        }
    }

    /// <summary>The next block, or null at the end.</summary>
    /// <exception cref="Exception">What the writer failed with.</exception>
    public Block? Read(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (channel.Reader.TryRead(out var block))
            {
                return block;
            }

            if (!Wait(channel.Reader.WaitToReadAsync(cancellationToken)))
            {
                return null;
            }
        }
    }

    public Stream OpenRead(CancellationToken cancellationToken) => new BlockStream(this, cancellationToken);

    private static bool Wait(ValueTask<bool> task) => task.IsCompletedSuccessfully ? task.Result : task.AsTask().GetAwaiter().GetResult();

    private sealed class BlockStream(BlockPipe pipe, CancellationToken cancellationToken) : ForwardStream
    {
        private Block current;
        private int position;

        public override int Read(Span<byte> buffer)
        {
            while (position == current.Length)
            {
                current.Return();
                (current, position) = (default, 0);
                if (pipe.Read(cancellationToken) is not { } next)
                {
                    return 0;
                }

                current = next;
            }

            var count = Math.Min(buffer.Length, current.Length - position);
            current.Bytes.AsSpan(position, count).CopyTo(buffer);
            position += count;
            return count;
        }
    }
}

/// <summary>A rented array and how much of it is used.</summary>
internal readonly record struct Block(byte[] Bytes, int Length)
{
    public ReadOnlySpan<byte> Content => Bytes.AsSpan(0, Length);

    public void Return()
    {
        if (Bytes is not null)
        {
            ArrayPool<byte>.Shared.Return(Bytes);
        }
    }
}
