using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace ContainerStages.TestKit;

/// <summary>Accepts connections on a free port of loopback and serves them side by side, until it is disposed.</summary>
public abstract class LoopbackListener : IAsyncDisposable
{
    private readonly TcpListener listener;
    private readonly CancellationTokenSource stop = new();
    private readonly ConcurrentDictionary<int, Task> serving = new();
    private readonly Task accepting;

    /// <param name="address">Where it listens; 127.0.0.1 where it is null.</param>
    protected LoopbackListener(IPAddress? address = null)
    {
        listener = new TcpListener(address ?? IPAddress.Loopback, 0);
        listener.Start();
        accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>Ends what is being served when this is disposed.</summary>
    protected CancellationToken Stop => stop.Token;

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        await accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.WhenAll(serving.Values).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        listener.Dispose();
        stop.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>The connection is closed when this ends.</summary>
    protected abstract Task ServeAsync(TcpClient client);

    private async Task AcceptAsync()
    {
        for (var number = 0; ; number++)
        {
            var client = await listener.AcceptTcpClientAsync(stop.Token);
            serving[number] = Task.Run(() => ServeAndCloseAsync(client), CancellationToken.None);
        }
    }

    private async Task ServeAndCloseAsync(TcpClient client)
    {
        using (client)
        {
            await ServeAsync(client);
        }
    }
}
