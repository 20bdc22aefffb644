using System.Net;

namespace ContainerStages.TestKit;

/// <summary>A web server on a free port of loopback that answers one request after the other, until it is disposed.</summary>
public abstract class LoopbackWebServer : IAsyncDisposable
{
    private readonly HttpListener listener = new();
    private readonly Task serving;

    /// <param name="host">What the address calls this machine.</param>
    protected LoopbackWebServer(string host = "127.0.0.1")
    {
        Address = $"http://{host}:{FileServer.FreePort()}/";
        listener.Prefixes.Add(Address);
        listener.Start();
        serving = Task.Run(ServeAsync);
    }

    /// <summary>Ends with a slash.</summary>
    public string Address { get; }

    public async ValueTask DisposeAsync()
    {
        listener.Close();
        await serving;
        await EndAsync();
        GC.SuppressFinalize(this);
    }

    protected abstract Task AnswerAsync(HttpListenerContext request);

    /// <summary>Called once nothing more comes.</summary>
    protected virtual Task EndAsync() => Task.CompletedTask;

    private async Task ServeAsync()
    {
        while (await NextAsync() is { } request)
        {
            try
            {
                await AnswerAsync(request);
            }
            catch (Exception gone) when (gone is HttpListenerException or IOException or ObjectDisposedException)
            {
                // Whoever asked did not wait for the answer, as after Ctrl-C; others still ask.
                request.Response.Abort();
            }
        }
    }

    /// <summary>Null once the test is over.</summary>
    private async Task<HttpListenerContext?> NextAsync()
    {
        try
        {
            return await listener.GetContextAsync();
        }
        catch (Exception closed) when (closed is HttpListenerException or ObjectDisposedException)
        {
            return null;
        }
    }
}
