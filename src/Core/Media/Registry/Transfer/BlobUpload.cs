using System.Globalization;
using System.Net;
using ContainerStages.Diagnostics;
using ContainerStages.Oci;

namespace ContainerStages.Media.Registry;

/// <summary>
/// One blob's way into a repository: mounted, or sent in one request or in chunks. After a broken connection the registry is asked how
/// far it came and the rest is sent; where it does not know, everything is sent again. Source: distribution-spec, Pushing Blobs.
/// </summary>
internal sealed class BlobUpload(
    RegistryTransport transport,
    RegistryEndpoint endpoint,
    ImageReference destination,
    Descriptor blob,
    Func<CancellationToken, Task<Stream>> open,
    IProgress<long>? progress,
    long? chunkSize)
{
    private const long GoodProgress = 1024 * 1024;
    private long? chunk = chunkSize;
    private long leastChunk;
    private Uri? session;
    private long offset;

    /// <summary>True where the blob was mounted and nothing sent.</summary>
    /// <exception cref="EndpointException">The registry refused, or the connection broke too often without progress.</exception>
    public async Task<bool> RunAsync(string? mountFrom, CancellationToken cancellationToken)
    {
        var (attempts, silent, reached) = (0, 0, 0L);
        while (true)
        {
            try
            {
                return await TryAsync(mountFrom, cancellationToken);
            }
            catch (EndpointException e) when (e.Status == HttpStatusCode.RequestEntityTooLarge && chunk is null)
            {
                // A proxy before the registry limits bodies, not blobs.
                (chunk, session) = (UploadSettings.UsualChunk, null);
            }
            catch (EndpointException e)
            {
                attempts = offset >= reached + GoodProgress ? 1 : attempts + 1;
                reached = Math.Max(reached, offset);
                if (!transport.Retry.MayTryAgain(e, attempts, silent))
                {
                    throw;
                }

                silent += e.Kind == EndpointFailure.Silent ? 1 : 0;

                await transport.Retry.WaitAsync(attempts, e.RetryAfter, cancellationToken);
            }
        }
    }

    private async Task<bool> TryAsync(string? mountFrom, CancellationToken cancellationToken)
    {
        if (session is not null)
        {
            await AskHowFarAsync(session, cancellationToken);
            // What was lost may have been only the answer to the last request.
            if (session is null && await IsThereAsync(cancellationToken))
            {
                return false;
            }
        }

        if (session is null)
        {
            offset = 0;
            session = await StartOrMountAsync(mountFrom, cancellationToken);
            if (session is null)
            {
                return true;
            }
        }

        await SendAsync(cancellationToken);
        return false;
    }

    /// <summary>Sets session and offset to what the registry has; no session where it does not know (any more).</summary>
    private async Task AskHowFarAsync(Uri known, CancellationToken cancellationToken)
    {
        session = null;
        var request = new RegistryRequest
        {
            Method = HttpMethod.Get,
            Endpoint = endpoint,
            Path = "blobs/uploads/",
            Target = known,
            Access = RegistryAccess.Push,
            CanRepeat = false,
        };
        try
        {
            using var response = await transport.SendAsync(request, cancellationToken);
            if (response.StatusCode == HttpStatusCode.NoContent && ReceivedBytes(response) is { } received && received < blob.Size)
            {
                offset = received;
                session = response.Headers.Location is { } next ? await transport.ResolveAsync(endpoint, next, cancellationToken) : known;
            }
        }
        catch (EndpointException e) when (e.Kind is EndpointFailure.Transient or EndpointFailure.Silent || e.Status is not null)
        {
            // A new session tells whether the registry is there at all.
        }
    }

    private async Task<bool> IsThereAsync(CancellationToken cancellationToken)
    {
        var request = new RegistryRequest
        {
            Method = HttpMethod.Head,
            Endpoint = endpoint,
            Path = $"blobs/{blob.Digest}",
            Access = RegistryAccess.Push,
            CanRepeat = false,
        };
        using var response = await transport.SendAsync(request, cancellationToken);
        return response.StatusCode == HttpStatusCode.OK;
    }

    /// <summary>A mount that is not allowed is no reason not to send the blob.</summary>
    private async Task<Uri?> StartOrMountAsync(string? mountFrom, CancellationToken cancellationToken)
    {
        try
        {
            return await StartAsync(mountFrom, cancellationToken);
        }
        catch (EndpointException e) when (mountFrom is not null && e.Kind == EndpointFailure.Final)
        {
            return await StartAsync(null, cancellationToken);
        }
    }

    private async Task<Uri?> StartAsync(string? mountFrom, CancellationToken cancellationToken)
    {
        (var started, leastChunk) = await UploadSession.StartAsync(
            transport, endpoint, mountFrom is null ? null : (blob.Digest, mountFrom), timeout: null, cancellationToken);
        return started;
    }

    /// <summary>Chunks, if any, and then one PUT with the rest and the digest.</summary>
    private async Task SendAsync(CancellationToken cancellationToken)
    {
        // Opened before the request, so that a fault of the store does not look like one of the network.
        await using var content = await open(cancellationToken);
        content.Seek(offset, SeekOrigin.Begin);
        if (chunk is { } wanted)
        {
            var size = Math.Max(wanted, leastChunk);
            while (offset < blob.Size)
            {
                await SendChunkAsync(content, Math.Min(size, blob.Size - offset), cancellationToken);
            }
        }

        using var response = await SendBytesAsync(
            HttpMethod.Put,
            UploadSession.WithDigest(session!, blob.Digest),
            content,
            blob.Size - offset,
            cancellationToken);
        if (response.StatusCode is not (HttpStatusCode.Created or HttpStatusCode.NoContent))
        {
            throw await RefusedAsync(response, cancellationToken);
        }
    }

    private async Task SendChunkAsync(Stream content, long length, CancellationToken cancellationToken)
    {
        using var response = await SendBytesAsync(HttpMethod.Patch, session!, content, length, cancellationToken);
        if (response.StatusCode is not (HttpStatusCode.Accepted or HttpStatusCode.NoContent))
        {
            throw await RefusedAsync(response, cancellationToken);
        }

        session = response.Headers.Location is { } next ? await transport.ResolveAsync(endpoint, next, cancellationToken) : session;
        offset += length;
        if (ReceivedBytes(response) is { } received && received != offset)
        {
            throw new EndpointException(
                PublishDiagnostics.UploadRefused(
                    destination.ToString(),
                    $"blob {blob.Digest}",
                    (int)response.StatusCode,
                    $"it has {received} bytes of {offset} that were sent"),
                "a chunk got lost",
                EndpointFailure.Transient);
        }
    }

    private async Task<HttpResponseMessage> SendBytesAsync(
        HttpMethod method,
        Uri target,
        Stream content,
        long length,
        CancellationToken cancellationToken)
    {
        using var watched = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var request = new RegistryRequest
        {
            Method = method,
            Endpoint = endpoint,
            Path = "blobs/uploads/",
            Target = target,
            Access = RegistryAccess.Push,
            Content = () => new UploadContent(
                content,
                new UploadRange(offset, length, IsPart: length > 0 && length < blob.Size),
                progress,
                transport.Retry,
                watched),
            CanRepeat = false,
            IsBodySpent = true,
            Timeout = Timeout.InfiniteTimeSpan,
        };
        try
        {
            return await transport.SendAsync(request, watched.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw NetworkFailure.From(new StallException("the registry took no more bytes", e), endpoint);
        }
        catch (InvalidDataException e)
        {
            throw new BuildFailedException(StoreDiagnostics.BlobDamaged(blob.Digest.ToString(), e.Message), e);
        }
    }

    /// <summary>
    /// What a session's <c>Range</c> says. <c>0-0</c> is ambiguous (registries write it for nothing too), so it is not known.
    /// </summary>
    private static long? ReceivedBytes(HttpResponseMessage response)
    {
        var text = response.Headers.TryGetValues("Range", out var values) ? values.First() : "";
        var dash = text.IndexOf('-', StringComparison.Ordinal);
        return dash >= 0 && long.TryParse(text.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var last) && last > 0
            ? last + 1
            : null;
    }

    /// <summary>A session that vanished, and bytes that were damaged on the way, are worth another session.</summary>
    private async Task<EndpointException> RefusedAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        session = null;
        var detail = await RegistryAnswer.DetailAsync(response, cancellationToken);
        var isDamaged = detail.Contains("DIGEST_INVALID", StringComparison.Ordinal)
            || detail.Contains("BLOB_UPLOAD", StringComparison.Ordinal)
            || detail.Contains("SIZE_INVALID", StringComparison.Ordinal);
        var mayWork = isDamaged
            || response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.RequestedRangeNotSatisfiable or HttpStatusCode.Conflict;
        return new EndpointException(
            PublishDiagnostics.UploadRefused(destination.ToString(), $"blob {blob.Digest}", (int)response.StatusCode, detail),
            $"status {(int)response.StatusCode}",
            mayWork ? EndpointFailure.Transient : EndpointFailure.Final);
    }
}
