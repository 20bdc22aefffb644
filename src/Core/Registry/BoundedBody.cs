namespace ContainerStages.Registry;

/// <summary>Reads small bodies whole, and never more than was allowed.</summary>
internal static class BoundedBody
{
    /// <summary>A minute without a byte is a broken connection.</summary>
    public static readonly TimeSpan Stall = TimeSpan.FromMinutes(1);

    /// <summary>The body, or null where it is longer than <paramref name="limit"/> bytes.</summary>
    /// <exception cref="IOException">The connection broke or stalled.</exception>
    public static async Task<byte[]?> ReadAsync(HttpContent content, long limit, CancellationToken cancellationToken)
    {
        if (content.Headers.ContentLength > limit)
        {
            return null;
        }

        using var stall = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        stall.CancelAfter(Stall);
        try
        {
            await using var body = await content.ReadAsStreamAsync(stall.Token);
            using var bytes = new MemoryStream((int)(content.Headers.ContentLength ?? 4096));
            var buffer = new byte[8192];
            int count;
            while ((count = await body.ReadAsync(buffer, stall.Token)) > 0)
            {
                stall.CancelAfter(Stall);
                bytes.Write(buffer, 0, count);
                if (bytes.Length > limit)
                {
                    return null;
                }
            }

            return bytes.ToArray();
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException("no bytes came for a minute", e);
        }
    }
}
