using System.Net;
using System.Threading.Channels;
using ContainerStages.Oci;
using Microsoft.Win32.SafeHandles;

namespace ContainerStages.Media.Registry;

/// <summary>
/// A blob's way into a repository while it is still being written: one PATCH with its bytes as they come, and when it is whole and wanted a
/// PUT with its digest. Until then the registry shows nothing of it. Only saves time: where anything is wrong, the blob is sent as any
/// other. Source: distribution-spec, Pushing a blob in chunks.
/// </summary>
internal sealed class GrowingUpload : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private readonly RegistryTransport transport;
    private readonly RegistryEndpoint endpoint;
    private readonly SafeFileHandle file;
    private readonly CancellationTokenSource stop = new();
    private readonly CancellationTokenSource watched;
    private readonly GrowingContent content;
    private readonly Task<bool> sending;
    private Uri? session;

    /// <param name="transport">Speaks to the registry.</param>
    /// <param name="endpoint">Registry and repository.</param>
    /// <param name="file">What is sent; closed by this.</param>
    /// <param name="lengths">How many bytes the file has; ends with it, also where it will never be whole.</param>
    public GrowingUpload(RegistryTransport transport, RegistryEndpoint endpoint, SafeFileHandle file, ChannelReader<long> lengths)
    {
        (this.transport, this.endpoint, this.file) = (transport, endpoint, file);
        watched = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
        content = new GrowingContent(file, lengths, transport.Retry, watched);
        sending = Task.Run(() => IsDoneAsync(SendAsync));
    }

    /// <summary>True once nothing more is sent.</summary>
    public bool IsSent => sending.IsCompleted;

    /// <summary>True where the registry did not take it.</summary>
    public bool IsRefused => sending is { IsCompletedSuccessfully: true, Result: false };

    /// <summary>Nobody will ask for the blob: no more of it is sent.</summary>
    public void GiveUp() => content.End();

    /// <summary>Sends what is left, and makes a blob of it.</summary>
    /// <param name="digest">Of the whole.</param>
    /// <param name="progress">Told how many bytes are sent.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>False where the registry has no such blob now.</returns>
    public async Task<bool> TryCommitAsync(Digest digest, IProgress<long> progress, CancellationToken cancellationToken)
    {
        content.Progress = progress;
        try
        {
            return await sending.WaitAsync(cancellationToken)
                && await IsDoneAsync(() => CommitAsync(digest, cancellationToken), cancellationToken);
        }
        finally
        {
            content.Progress = null;
        }
    }

    /// <summary>
    /// The registry forgets what was sent and is no blob. A request that is cut off would leave it there: docker-registry 2.8 then refuses
    /// the address that it named before, since it has more than that says.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        GiveUp();
        stop.CancelAfter(Patience);
        await sending;
        if (session is not null)
        {
            await IsDoneAsync(AbandonAsync);
        }

        watched.Dispose();
        stop.Dispose();
        content.Dispose();
        file.Dispose();
    }

    private async Task<bool> SendAsync()
    {
        (session, _) = await UploadSession.StartAsync(transport, endpoint, mount: null, transport.Retry.Answer, watched.Token);
        using var response = await RequestAsync(HttpMethod.Patch, session!, () => content, Timeout.InfiniteTimeSpan, watched.Token);
        if (response.StatusCode is not (HttpStatusCode.Accepted or HttpStatusCode.NoContent))
        {
            return false;
        }

        session = response.Headers.Location is { } next ? await transport.ResolveAsync(endpoint, next, watched.Token) : session;
        return true;
    }

    private async Task<bool> CommitAsync(Digest digest, CancellationToken cancellationToken)
    {
        var target = UploadSession.WithDigest(session!, digest);
        using var response =
            await RequestAsync(HttpMethod.Put, target, () => new ByteArrayContent([]), transport.Retry.Commit, cancellationToken);
        if (response.StatusCode is not (HttpStatusCode.Created or HttpStatusCode.NoContent))
        {
            return false;
        }

        session = null;
        return true;
    }

    private async Task<bool> AbandonAsync()
    {
        using var limited = new CancellationTokenSource(Patience);
        using var response = await RequestAsync(HttpMethod.Delete, session!, null, Patience, limited.Token);
        return true;
    }

    private Task<HttpResponseMessage> RequestAsync(
        HttpMethod method, Uri target, Func<HttpContent>? body, TimeSpan timeout, CancellationToken cancellationToken) =>
        transport.SendAsync(
            new RegistryRequest
            {
                Method = method,
                Endpoint = endpoint,
                Path = "blobs/uploads/",
                Target = target,
                Access = RegistryAccess.Push,
                Content = body,
                CanRepeat = false,
                IsBodySpent = method == HttpMethod.Patch,
                Timeout = timeout,
            },
            cancellationToken);

    /// <summary>Whatever fails here is told by the push, which then sends the blob itself; only the caller's own stop is his.</summary>
    private static async Task<bool> IsDoneAsync(Func<Task<bool>> work, CancellationToken cancellationToken = default)
    {
        try
        {
            return await work();
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
