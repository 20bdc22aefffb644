using System.Globalization;
using System.Net;
using System.Net.Http.Headers;

namespace ContainerStages.Media.Registry;

/// <summary>A part of a blob on its way to the registry; cancels the request when nothing moves any more.</summary>
internal sealed class UploadContent : HttpContent
{
    private readonly Stream content;
    private readonly UploadRange range;
    private readonly IProgress<long>? progress;
    private readonly RetryPolicy retry;
    private readonly CancellationTokenSource watched;

    /// <param name="content">Stands at the first byte of the range.</param>
    /// <param name="range">What is sent.</param>
    /// <param name="progress">Told how many bytes of the blob are sent; or null.</param>
    /// <param name="retry">How long nothing may move.</param>
    /// <param name="watched">Cancels the request that this is the body of.</param>
    public UploadContent(Stream content, UploadRange range, IProgress<long>? progress, RetryPolicy retry, CancellationTokenSource watched)
    {
        (this.content, this.range, this.progress, this.retry, this.watched) = (content, range, progress, retry, watched);
        Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        if (range.IsPart)
        {
            // Not HTTP's own form (bytes 0-99/*). Source: distribution-spec, Pushing a blob in chunks.
            Headers.TryAddWithoutValidation(
                "Content-Range",
                string.Create(CultureInfo.InvariantCulture, $"{range.Offset}-{range.Offset + range.Length - 1}"));
        }
    }

    protected override bool TryComputeLength(out long size)
    {
        size = range.Length;
        return true;
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, watched.Token);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        using var buffer = new PooledBuffer();
        watched.CancelAfter(retry.Stall);
        for (var sent = 0L; sent < range.Length;)
        {
            var count = await content.ReadAsync(
                buffer.Memory[..(int)Math.Min(buffer.Memory.Length, range.Length - sent)],
                cancellationToken);
            if (count == 0)
            {
                throw new InvalidDataException($"The blob ended after {range.Offset + sent} bytes.");
            }

            await stream.WriteAsync(buffer.Memory[..count], cancellationToken);
            watched.CancelAfter(retry.Stall);
            sent += count;
            progress?.Report(range.Offset + sent);
        }

        watched.CancelAfter(retry.Commit);
    }
}

/// <summary>The bytes of one request of an upload.</summary>
internal readonly record struct UploadRange(long Offset, long Length, bool IsPart);
