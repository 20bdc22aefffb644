using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ContainerStages.TestKit;

/// <summary>
/// A proxy such as companies have (CONNECT, and GET with a whole address). Every name leads to one server on loopback, so that tests may
/// use names that no one else knows.
/// </summary>
public sealed class ForwardProxy : LoopbackListener
{
    private readonly ConcurrentQueue<ProxiedRequest> requests = new();
    private readonly int upstreamPort;
    private readonly string? login;

    /// <param name="upstreamPort">The server that all names lead to.</param>
    /// <param name="login"><c>name:password</c> that it wants, or null.</param>
    public ForwardProxy(int upstreamPort, string? login = null)
    {
        (this.upstreamPort, this.login) = (upstreamPort, login);
    }

    public IReadOnlyList<ProxiedRequest> Requests => [.. requests];

    protected override async Task ServeAsync(TcpClient client)
    {
        var down = client.GetStream();
        while (await ReadHeadAsync(down) is { Length: > 0 } head)
        {
            var request = ProxiedRequest.Parse(head);
            requests.Enqueue(request);
            if (login is not null && request.Headers.GetValueOrDefault("Proxy-Authorization") != "Basic " +
                Convert.ToBase64String(Encoding.UTF8.GetBytes(login)))
            {
                await down.WriteAsync(
                    "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"proxy\"\r\nContent-Length: 0\r\n\r\n"u8
                        .ToArray(),
                    Stop);
                continue;
            }

            await RelayAsync(down, head, request);
            return;
        }
    }

    private async Task RelayAsync(NetworkStream down, string head, ProxiedRequest request)
    {
        using var server = new TcpClient();
        await server.ConnectAsync(IPAddress.Loopback, upstreamPort, Stop);
        var up = server.GetStream();
        if (request.Method == "CONNECT")
        {
            await down.WriteAsync("HTTP/1.1 200 Connection established\r\n\r\n"u8.ToArray(), Stop);
        }
        else
        {
            var own = head.Split("\r\n").Where(line => !line.StartsWith("Proxy-", StringComparison.OrdinalIgnoreCase));
            var relative = string.Join("\r\n", own).Replace(request.Path, new Uri(request.Path).PathAndQuery, StringComparison.Ordinal);
            await up.WriteAsync(
                Encoding.ASCII.GetBytes(relative.Insert(relative.IndexOf("\r\n", StringComparison.Ordinal), "\r\nConnection: close")),
                Stop);
        }

        await Task.WhenAny(up.CopyToAsync(down, Stop), down.CopyToAsync(up, Stop));
    }

    /// <summary>Byte by byte, so that nothing of what follows is taken away.</summary>
    private async Task<string> ReadHeadAsync(NetworkStream stream)
    {
        var head = new List<byte>();
        var one = new byte[1];
        while (await stream.ReadAsync(one, Stop) > 0)
        {
            head.Add(one[0]);
            if (head.Count >= 4 && head[^4..] is [(byte)'\r', (byte)'\n', (byte)'\r', (byte)'\n'])
            {
                return Encoding.ASCII.GetString([.. head]);
            }
        }

        return "";
    }
}
