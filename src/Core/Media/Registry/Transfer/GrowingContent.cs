using System.Net;
using System.Net.Http.Headers;
using System.Threading.Channels;
using Microsoft.Win32.SafeHandles;

namespace ContainerStages.Media.Registry;

/// <summary>A file that somebody is writing, on its way to the registry; cancels the request when the registry takes no more.</summary>
internal sealed class GrowingContent : HttpContent
{
    private readonly SafeFileHandle file;
    private readonly ChannelReader<long> lengths;
    private readonly RetryPolicy retry;
    private readonly CancellationTokenSource watched;
    private volatile bool isEnough;

    /// <param name="file">Read from its begin.</param>
    /// <param name="lengths">How many bytes it has; ends with the file.</param>
    /// <param name="retry">How long the registry may take nothing.</param>
    /// <param name="watched">Cancels the request that this is the body of.</param>
    public GrowingContent(SafeFileHandle file, ChannelReader<long> lengths, RetryPolicy retry, CancellationTokenSource watched)
    {
        (this.file, this.lengths, this.retry, this.watched) = (file, lengths, retry, watched);
        Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
    }

    /// <summary>Told how many bytes are sent; or null.</summary>
    public IProgress<long>? Progress { get; set; }

    /// <summary>Sends no more, so that the request ends as if the file did.</summary>
    public void End() => isEnough = true;

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, watched.Token);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        using var buffer = new PooledBuffer();
        var sent = 0L;
        await foreach (var length in lengths.ReadAllAsync(cancellationToken))
        {
            while (sent < length && !isEnough)
            {
                var count = RandomAccess.Read(file, buffer.Memory.Span[..(int)Math.Min(buffer.Memory.Length, length - sent)], sent);
                if (count == 0)
                {
                    throw new EndOfStreamException($"The blob ended after {sent} bytes.");
                }

                watched.CancelAfter(retry.Stall);
                await stream.WriteAsync(buffer.Memory[..count], cancellationToken);
                sent += count;
                Progress?.Report(sent);
            }

            // Who writes the file may take any time.
            watched.CancelAfter(Timeout.InfiniteTimeSpan);
        }

        watched.CancelAfter(retry.Commit);
    }
}
