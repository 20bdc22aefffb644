namespace ContainerStages.Registry;

/// <summary>Reads small bodies whole, and never more than was allowed.</summary>
internal static class BoundedBody
{
    /// <summary>A body that comes in drops may not take longer than so many stalls.</summary>
    private const int LongestInStalls = 5;

    /// <summary>The body, or null where it is longer than <paramref name="limit"/> bytes.</summary>
    /// <exception cref="IOException">The connection broke, or nothing came for <paramref name="longestStall"/>.</exception>
    public static async Task<byte[]?> ReadAsync(HttpContent content, long limit, TimeSpan longestStall, CancellationToken cancellationToken)
    {
        if (content.Headers.ContentLength > limit)
        {
            return null;
        }

        using var whole = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        whole.CancelAfter(longestStall * LongestInStalls);
        using var stall = CancellationTokenSource.CreateLinkedTokenSource(whole.Token);
        stall.CancelAfter(longestStall);
        try
        {
            await using var body = await content.ReadAsStreamAsync(stall.Token);
            using var bytes = new MemoryStream((int)(content.Headers.ContentLength ?? 4096));
            var buffer = new byte[8192];
            int count;
            while ((count = await body.ReadAsync(buffer, stall.Token)) > 0)
            {
                stall.CancelAfter(longestStall);
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
            throw new IOException("its bytes stopped coming", e);
        }
    }
}
