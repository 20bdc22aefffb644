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
public sealed class FaultyProxy : LoopbackListener
{
    private readonly ConcurrentQueue<ProxiedRequest> requests = new();
    private readonly ConcurrentDictionary<string, string> keptUploads = new(StringComparer.Ordinal);
    private readonly int upstreamPort;
    private readonly Func<ProxiedRequest, ProxyFault?> decide;
    private readonly string? dropHeader;

    /// <param name="upstreamPort">The real server's port on loopback.</param>
    /// <param name="decide">Called once for each request; null lets it through.</param>
    /// <param name="dropHeader">A header that never reaches the server.</param>
    /// <param name="address">Where it listens; 127.0.0.1 where it is null.</param>
    public FaultyProxy(
        int upstreamPort, Func<ProxiedRequest, ProxyFault?>? decide = null, string? dropHeader = null, IPAddress? address = null)
        : base(address)
    {
        (this.upstreamPort, this.decide, this.dropHeader) = (upstreamPort, decide ?? (_ => null), dropHeader);
    }

    public string Host => $"localhost:{Port}";

    /// <summary>All requests so far, in the order of arrival.</summary>
    public IReadOnlyList<ProxiedRequest> Requests => [.. requests];

    protected override async Task ServeAsync(TcpClient client)
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
            await CopyAsync(down, Stream.Null, request.ContentLength - rest.Length);
            await down.WriteAsync(Encoding.UTF8.GetBytes(response), Stop);
            return;
        }

        await ForwardAsync(down, head, rest, request, fault);
        if (fault is { Stalls: true })
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, Stop);
        }

        if (fault is { Change: null, Drips: null })
        {
            // A reset, not an orderly end.
            client.LingerState = new LingerOption(enable: true, seconds: 0);
        }
    }

    private async Task ForwardAsync(NetworkStream down, string head, byte[] rest, ProxiedRequest request, ProxyFault? fault)
    {
        using var server = new TcpClient();
        await server.ConnectAsync(IPAddress.Loopback, upstreamPort, Stop);
        var up = server.GetStream();
        if (fault?.CutUpload is { } cut)
        {
            await TakePartAsync(down, up, rest, head, request, cut, fault.KeepsPart);
            return;
        }

        await up.WriteAsync(Encoding.ASCII.GetBytes(HeadFor(head, request)), Stop);
        await up.WriteAsync(rest, Stop);
        // A body in chunks says itself where it ends, to the server.
        var body = CopyAsync(down, up, request.IsChunked ? long.MaxValue : request.ContentLength - rest.Length);
        if (!request.IsChunked)
        {
            await body;
        }

        var (answer, first) = await ReadHeadAsync(up);
        await AnswerAsync(down, up, answer, first, fault);
    }

    private async Task AnswerAsync(NetworkStream down, NetworkStream up, string answer, byte[] first, ProxyFault? fault)
    {
        if (fault is { LosesAnswer: true })
        {
            await CopyAsync(up, Stream.Null, long.MaxValue);
            return;
        }

        if (fault?.Change is { } change)
        {
            var changed = change(ProxiedAnswer.Parse(answer, await ReadRestAsync(up, first)));
            await down.WriteAsync(Encoding.UTF8.GetBytes(changed.Head()), Stop);
            await down.WriteAsync(changed.Body, Stop);
            return;
        }

        await down.WriteAsync(Encoding.ASCII.GetBytes(answer[..Math.Min(fault?.CutHead ?? answer.Length, answer.Length)]), Stop);
        if (fault?.CutHead is not null)
        {
            return;
        }

        if (fault is { Drips: null } or null)
        {
            var allowed = fault?.CutAfter is { } cut ? (cut < 0 ? LengthOf(answer) + cut : cut) : long.MaxValue;
            await down.WriteAsync(first.AsMemory(0, (int)Math.Min(first.Length, allowed)), Stop);
            await CopyAsync(up, down, allowed - first.Length);
            return;
        }

        foreach (var one in await ReadRestAsync(up, first))
        {
            await down.WriteAsync(new[] { one }, Stop);
            await Task.Delay(fault.Drips.Value, Stop);
        }
    }

    /// <summary>
    /// Reads a part of an upload; where it is kept, the registry gets it as a chunk, and the client has still to learn that.
    /// </summary>
    private async Task TakePartAsync(
        NetworkStream down, NetworkStream up, byte[] rest, string head, ProxiedRequest request, long length, bool keeps)
    {
        using var part = new MemoryStream();
        part.Write(rest);
        await CopyAsync(down, part, length - rest.Length);
        if (!keeps)
        {
            return;
        }

        var bytes = part.ToArray().AsMemory(0, (int)Math.Min(part.Length, length));
        var path = string.Join('&', request.Path.Split('&').Where(pair => !pair.StartsWith("digest=", StringComparison.Ordinal)));
        var lines = head.Split("\r\n", StringSplitOptions.RemoveEmptyEntries)[1..]
            .Where(line => !line.StartsWith("Content-", StringComparison.OrdinalIgnoreCase))
            .Prepend($"PATCH {path} HTTP/1.1")
            .Append(string.Create(CultureInfo.InvariantCulture, $"Content-Length: {bytes.Length}"))
            .Append("Connection: close");
        await up.WriteAsync(Encoding.ASCII.GetBytes(string.Join("\r\n", lines) + "\r\n\r\n"), Stop);
        await up.WriteAsync(bytes, Stop);
        var (answer, body) = await ReadHeadAsync(up);
        keptUploads[request.Path.Split('?')[0]] = new Uri(ProxiedAnswer.Parse(answer, body).Headers["Location"]).PathAndQuery;
    }

    private string HeadFor(string head, ProxiedRequest request)
    {
        var lines = head.Split("\r\n")
            .Where(line => dropHeader is null || !line.StartsWith(dropHeader + ":", StringComparison.OrdinalIgnoreCase))
            .ToList();
        if (request.Method == "GET" && keptUploads.TryRemove(request.Path.Split('?')[0], out var current))
        {
            lines[0] = $"GET {current} HTTP/1.1";
        }

        lines.Insert(1, "Connection: close");
        return string.Join("\r\n", lines);
    }

    private static long LengthOf(string answer) =>
        long.Parse(ProxiedAnswer.Parse(answer, []).Headers["Content-Length"], CultureInfo.InvariantCulture);

    private async Task<byte[]> ReadRestAsync(NetworkStream up, byte[] first)
    {
        using var body = new MemoryStream();
        body.Write(first);
        await CopyAsync(up, body, long.MaxValue);
        return body.ToArray();
    }

    private async Task<(string Head, byte[] Body)> ReadHeadAsync(NetworkStream stream)
    {
        var buffer = new byte[64 * 1024];
        var length = 0;
        while (true)
        {
            var count = await stream.ReadAsync(buffer.AsMemory(length), Stop);
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

    private async Task CopyAsync(NetworkStream from, Stream to, long most)
    {
        var buffer = new byte[64 * 1024];
        while (most > 0 && await from.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, most)), Stop) is > 0 and var count)
        {
            await to.WriteAsync(buffer.AsMemory(0, count), Stop);
            most -= count;
        }
    }
}
