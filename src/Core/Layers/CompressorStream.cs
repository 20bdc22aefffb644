using System.Security.Cryptography;

namespace ContainerStages.Layers;

/// <summary>Where compressed bytes go, in order.</summary>
internal delegate ValueTask ByteSink(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken);

/// <summary>Takes a tar and passes it on compressed; whole only after <see cref="CompleteAsync"/>.</summary>
internal abstract class CompressorStream : Stream
{
    public sealed override bool CanRead => false;

    public sealed override bool CanSeek => false;

    public sealed override bool CanWrite => true;

    public sealed override long Length => throw new NotSupportedException();

    public sealed override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>True where <see cref="BeginEntry"/> and <see cref="BeginContent"/> count.</summary>
    public virtual bool HasBlocks => false;

    /// <summary>Says that an entry of the tar begins with the next byte: a place where compression may begin anew.</summary>
    /// <param name="size">Bytes of its content.</param>
    public virtual void BeginEntry(ReadOnlySpan<byte> name, long size)
    {
    }

    /// <summary>Says that the content of a file begins with the next byte.</summary>
    /// <param name="size">Its bytes.</param>
    public virtual void BeginContent(long size)
    {
    }

    /// <summary>Writes what is left, and waits until everything was written.</summary>
    public abstract Task CompleteAsync();

    public abstract override void Write(ReadOnlySpan<byte> bytes);

    public sealed override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public sealed override void Flush()
    {
    }

    public sealed override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public sealed override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public sealed override void SetLength(long value) => throw new NotSupportedException();
}

/// <summary>No compression.</summary>
internal sealed class PlainStream(ByteSink sink, CancellationToken cancellationToken) : CompressorStream
{
    private bool isGivenUp;

    public override void Write(ReadOnlySpan<byte> bytes)
    {
        if (!isGivenUp)
        {
            sink(bytes.ToArray(), cancellationToken).AsTask().GetAwaiter().GetResult();
        }
    }

    public override Task CompleteAsync() => Task.CompletedTask;

    /// <summary>What is written from here on goes nowhere.</summary>
    public void GiveUp() => isGivenUp = true;
}

/// <summary>One zstd frame, compressed on one thread: its bytes depend on content and level only. Source: RFC 8878.</summary>
internal sealed class ZstdStream : CompressorStream
{
    private readonly PlainStream output;
    private readonly ZstdSharp.CompressionStream compressor;

    public ZstdStream(int level, ByteSink sink, CancellationToken cancellationToken)
    {
        output = new PlainStream(sink, cancellationToken);
        compressor = new ZstdSharp.CompressionStream(output, level, leaveOpen: true);
    }

    public override void Write(ReadOnlySpan<byte> bytes) => compressor.Write(bytes);

    public override Task CompleteAsync() => compressor.DisposeAsync().AsTask();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            // Disposed before it was completed, the compressor would still write the end of its frame.
            output.GiveUp();
            compressor.Dispose();
            output.Dispose();
        }

        base.Dispose(disposing);
    }
}

/// <summary>Collects small writes, adds them to a digest and passes them on. Disposing it writes nothing and disposes neither.</summary>
internal sealed class HashingStream(CompressorStream output, IncrementalHash hash) : CompressorStream
{
    private readonly byte[] buffer = new byte[64 << 10];
    private int used;

    public override void Write(ReadOnlySpan<byte> bytes)
    {
        if (used + bytes.Length > buffer.Length)
        {
            PassOn();
        }

        if (bytes.Length >= buffer.Length)
        {
            hash.AppendData(bytes);
            output.Write(bytes);
            return;
        }

        bytes.CopyTo(buffer.AsSpan(used));
        used += bytes.Length;
    }

    public override void BeginEntry(ReadOnlySpan<byte> name, long size)
    {
        if (output.HasBlocks)
        {
            PassOn();
            output.BeginEntry(name, size);
        }
    }

    public override void BeginContent(long size)
    {
        if (output.HasBlocks)
        {
            PassOn();
            output.BeginContent(size);
        }
    }

    public override Task CompleteAsync()
    {
        PassOn();
        return output.CompleteAsync();
    }

    private void PassOn()
    {
        hash.AppendData(buffer, 0, used);
        output.Write(buffer.AsSpan(0, used));
        used = 0;
    }
}
