using System.Diagnostics;
using ContainerStages.Diagnostics;
using ContainerStages.Oci;

namespace ContainerStages.Media.Registry;

/// <summary>
/// Reads a blob over as many connections as it takes. Attempts count again from one after each megabyte that came through; when they
/// are used up the next endpoint goes on from the same byte.
/// </summary>
internal sealed class ResumingBlobStream(
    OpenedBlob opened, Func<long, LostEndpoint?, CancellationToken, Task<OpenedBlob>> openAt, Descriptor blob, RetryPolicy retry) : Stream
{
    private const int GoodProgress = 1024 * 1024;

    private OpenedBlob? current = opened;
    private string host = opened.Host;
    private LostEndpoint? lost;
    private long position;
    private long lastBreak;
    private int breaks;
    private bool isEndChecked;
    private TimeSpan waited;
    private int trickled;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => blob.Size;

    public override long Position
    {
        get => position;
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty)
        {
            return 0;
        }

        if (position == blob.Size)
        {
            await CheckEndAsync(cancellationToken);
            return 0;
        }

        while (true)
        {
            try
            {
                return await ReadSomeAsync(buffer, cancellationToken);
            }
            catch (Exception e) when (NetworkFailure.Is(e, cancellationToken))
            {
                await BreakAsync(e, cancellationToken);
            }
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>For readers that know no other way (tar and gzip readers on a thread of their own).</summary>
    public override int Read(byte[] buffer, int offset, int count) =>
        ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Close(ref current);
        }

        base.Dispose(disposing);
    }

    private async ValueTask<int> ReadSomeAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (current is null)
        {
            current = await openAt(position, lost, cancellationToken);
            (host, waited, trickled) = (current.Host, TimeSpan.Zero, 0);
        }

        while (current.Excess > 0)
        {
            var skipped = await ReadBodyAsync(current, buffer[..(int)Math.Min(buffer.Length, current.Excess)], cancellationToken);
            current = current with
            {
                Excess = current.Excess - (skipped > 0 ? skipped : throw new IOException("it ended before the byte where it broke")),
            };
        }

        var count = await ReadBodyAsync(current, buffer[..(int)Math.Min(buffer.Length, blob.Size - position)], cancellationToken);
        if (count == 0)
        {
            throw new IOException($"it ended after {position} of {blob.Size} bytes");
        }

        position += count;
        return count;
    }

    /// <summary>
    /// Reads with a limit on the time that is spent waiting here; what the reader of this stream does meanwhile does not count.
    /// </summary>
    private async ValueTask<int> ReadBodyAsync(OpenedBlob opened, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        using var stall = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        stall.CancelAfter(retry.Stall - waited);
        var start = Stopwatch.GetTimestamp();
        var count = await opened.Body.ReadAsync(buffer, stall.Token);
        waited += Stopwatch.GetElapsedTime(start);
        trickled += count;
        if (trickled >= BoundedBody.LeastBytes || waited >= retry.Stall)
        {
            (waited, trickled) = trickled >= BoundedBody.LeastBytes
                ? (TimeSpan.Zero, 0)
                : throw new IOException($"only {trickled} bytes came in {waited.TotalSeconds:0} seconds");
        }

        return count;
    }

    private async Task BreakAsync(Exception cause, CancellationToken cancellationToken)
    {
        Close(ref current);
        breaks = position - lastBreak >= GoodProgress ? 1 : breaks + 1;
        lastBreak = position;
        if (breaks < retry.Attempts)
        {
            await retry.WaitAsync(breaks, null, cancellationToken);
        }
        else if (lost is null)
        {
            (lost, breaks) = (new LostEndpoint(host, NetworkFailure.ReasonOf(cause)), 0);
        }
        else
        {
            throw new BuildFailedException(
                RegistryDiagnostics.ConnectionLost($"the download of {blob.Digest}", host, NetworkFailure.ReasonOf(cause)),
                cause);
        }
    }

    /// <summary>Bytes beyond the announced size mean another blob; a hash of the first part would not tell.</summary>
    private async ValueTask CheckEndAsync(CancellationToken cancellationToken)
    {
        if (isEndChecked || current is not { Response.Content.Headers.ContentLength: null })
        {
            return;
        }

        isEndChecked = true;
        var count = 0;
        try
        {
            count = await current.Body.ReadAsync(new byte[1], cancellationToken);
        }
        catch (Exception e) when (NetworkFailure.Is(e, cancellationToken))
        {
            // All bytes are here; how the connection ends does not matter any more.
        }

        if (count > 0)
        {
            throw new BuildFailedException(RegistryDiagnostics.WrongSize(blob.Digest.ToString(), host, blob.Size, "more"));
        }
    }

    private static void Close(ref OpenedBlob? opened)
    {
        opened?.Body.Dispose();
        opened?.Response.Dispose();
        opened = null;
    }
}
