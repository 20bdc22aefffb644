using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ContainerStages.TestKit;

/// <summary>
/// Stands before a real HTTP server, writes down every request, and does wrong where it is told to. One request per connection; the
/// <c>Host</c> header goes through as it came, so the server's own links lead through the proxy again.
/// </summary>
public sealed class FaultyProxy : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly ConcurrentQueue<ProxiedRequest> requests = new();
    private readonly ConcurrentDictionary<int, Task> serving = new();
    private readonly int upstreamPort;
    private readonly Func<ProxiedRequest, ProxyFault?> decide;
    private readonly string? dropHeader;
    private readonly Task accepting;

    /// <param name="upstreamPort">The real server's port on loopback.</param>
    /// <param name="decide">Called once for each request; null lets it through.</param>
    /// <param name="dropHeader">A header that never reaches the server.</param>
    public FaultyProxy(int upstreamPort, Func<ProxiedRequest, ProxyFault?>? decide = null, string? dropHeader = null)
    {
        (this.upstreamPort, this.decide, this.dropHeader) = (upstreamPort, decide ?? (_ => null), dropHeader);
        listener.Start();
        accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public string Host => $"localhost:{Port}";

    /// <summary>All requests so far, in the order of arrival.</summary>
    public IReadOnlyList<ProxiedRequest> Requests => [.. requests];

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        await accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.WhenAll(serving.Values).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        listener.Dispose();
        stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        for (var number = 0; ; number++)
        {
            var client = await listener.AcceptTcpClientAsync(stop.Token);
            serving[number] = Task.Run(() => ServeAsync(client), CancellationToken.None);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            var down = client.GetStream();
            var (head, rest) = await ReadHeadAsync(down);
            if (head.Length == 0)
            {
                return;
            }

            var request = ProxiedRequest.Parse(head);
            requests.Enqueue(request);
            var fault = decide(request);
            if (fault?.Response is { } response)
            {
                await DrainAsync(down, request.ContentLength - rest.Length);
                await down.WriteAsync(Encoding.ASCII.GetBytes(response), stop.Token);
                return;
            }

            await ForwardAsync(client, down, head, rest, request, fault);
        }
    }

    private async Task ForwardAsync(TcpClient client, NetworkStream down, string head, byte[] rest, ProxiedRequest request, ProxyFault? fault)
    {
        using var server = new TcpClient();
        await server.ConnectAsync(IPAddress.Loopback, upstreamPort, stop.Token);
        var up = server.GetStream();
        var closing = string.Join("\r\n", head.Split("\r\n").Where(line => dropHeader is null || !line.StartsWith(dropHeader + ":", StringComparison.OrdinalIgnoreCase)));
        closing = closing.Insert(closing.IndexOf("\r\n", StringComparison.Ordinal), "\r\nConnection: close");
        await up.WriteAsync(Encoding.ASCII.GetBytes(closing), stop.Token);
        await up.WriteAsync(rest, stop.Token);
        await CopyAsync(down, up, request.ContentLength - rest.Length);

        var (answer, first) = await ReadHeadAsync(up);
        await down.WriteAsync(Encoding.ASCII.GetBytes(answer), stop.Token);
        var allowed = fault?.CutAfter ?? long.MaxValue;
        await down.WriteAsync(first.AsMemory(0, (int)Math.Min(first.Length, allowed)), stop.Token);
        await CopyAsync(up, down, allowed - first.Length);
        if (fault is { Stalls: true })
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, stop.Token);
        }

        if (fault is not null)
        {
            // A reset, not an orderly end.
            client.LingerState = new LingerOption(enable: true, seconds: 0);
        }
    }

    private async Task<(string Head, byte[] Body)> ReadHeadAsync(NetworkStream stream)
    {
        var buffer = new byte[64 * 1024];
        var length = 0;
        while (true)
        {
            var count = await stream.ReadAsync(buffer.AsMemory(length), stop.Token);
            length += count;
            var end = buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8);
            if (end >= 0)
            {
                return (Encoding.ASCII.GetString(buffer, 0, end + 4), buffer[(end + 4)..length]);
            }

            if (count == 0)
            {
                return ("", []);
            }
        }
    }

    private async Task CopyAsync(NetworkStream from, NetworkStream to, long most)
    {
        var buffer = new byte[64 * 1024];
        while (most > 0 && await from.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, most)), stop.Token) is > 0 and var count)
        {
            await to.WriteAsync(buffer.AsMemory(0, count), stop.Token);
            most -= count;
        }
    }

    private async Task DrainAsync(NetworkStream from, long most)
    {
        var buffer = new byte[64 * 1024];
        while (most > 0 && await from.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, most)), stop.Token) is > 0 and var count)
        {
            most -= count;
        }
    }
}

/// <summary>A request as it came to the proxy. Header names are looked up without regard to case.</summary>
public sealed record ProxiedRequest(string Method, string Path, IReadOnlyDictionary<string, string> Headers)
{
    public long ContentLength => Headers.TryGetValue("Content-Length", out var length) ? long.Parse(length, CultureInfo.InvariantCulture) : 0;

    public override string ToString() => $"{Method} {Path}";

    internal static ProxiedRequest Parse(string head)
    {
        var lines = head.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var first = lines[0].Split(' ');
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var line in lines[1..])
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            headers[line[..colon]] = line[(colon + 1)..].Trim();
        }

        return new ProxiedRequest(first[0], first[1], headers);
    }
}

/// <summary>What the proxy does wrong with one request.</summary>
public sealed record ProxyFault
{
    private ProxyFault()
    {
    }

    /// <summary>A whole HTTP answer instead of the server's.</summary>
    public string? Response { get; private init; }

    /// <summary>The connection is reset after so many bytes of the body.</summary>
    public long? CutAfter { get; private init; }

    /// <summary>The connection is not reset but stays open, and nothing more comes.</summary>
    public bool Stalls { get; private init; }

    public static ProxyFault Stall(long bytes) => new() { CutAfter = bytes, Stalls = true };

    public static ProxyFault Cut(long bytes) => new() { CutAfter = bytes };

    /// <param name="status"><c>503 Service Unavailable</c>.</param>
    /// <param name="headers">Lines without their ends.</param>
    public static ProxyFault Answer(string status, params string[] headers) => AnswerWithBody(status, "", headers);

    public static ProxyFault AnswerWithBody(string status, string body, params string[] headers) => new()
    {
        Response = $"HTTP/1.1 {status}\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\nConnection: close\r\n{string.Concat(headers.Select(header => header + "\r\n"))}\r\n{body}",
    };
}
