namespace ContainerStages.Media.Registry;

/// <summary>Reads small bodies whole, and never more than was allowed.</summary>
internal static class BoundedBody
{
    /// <summary>Fewer bytes than this in the time of a stall are one.</summary>
    public const int LeastBytes = 16 * 1024;

    /// <summary>The body, or null where it is longer than <paramref name="limit"/> bytes.</summary>
    /// <exception cref="IOException">The connection broke, or hardly a byte came for <paramref name="longestStall"/>.</exception>
    public static async Task<byte[]?> ReadAsync(HttpContent content, long limit, TimeSpan longestStall, CancellationToken cancellationToken)
    {
        if (content.Headers.ContentLength > limit)
        {
            return null;
        }

        using var stall = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        stall.CancelAfter(longestStall);
        try
        {
            await using var body = await content.ReadAsStreamAsync(stall.Token);
            using var bytes = new MemoryStream((int)(content.Headers.ContentLength ?? 4096));
            var buffer = new byte[8192];
            var reached = LeastBytes;
            int count;
            while ((count = await body.ReadAsync(buffer, stall.Token)) > 0)
            {
                bytes.Write(buffer, 0, count);
                if (bytes.Length > limit)
                {
                    return null;
                }

                if (bytes.Length >= reached)
                {
                    reached = (int)bytes.Length + LeastBytes;
                    stall.CancelAfter(longestStall);
                }
            }

            return bytes.ToArray();
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new StallException("its bytes stopped coming", e);
        }
    }
}
