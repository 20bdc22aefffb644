using System.Net;
using System.Net.Sockets;

namespace ContainerStages.TestKit;

/// <summary>A server on loopback behind a slow line: so many bytes a second come back from it.</summary>
public sealed class SlowForwarder(int upstreamPort, int bytesPerSecond) : LoopbackListener
{
    private const int PiecesPerSecond = 20;

    protected override async Task ServeAsync(TcpClient client)
    {
        using var server = new TcpClient();
        await server.ConnectAsync(IPAddress.Loopback, upstreamPort, Stop);
        await Task.WhenAny(client.GetStream().CopyToAsync(server.GetStream(), Stop), ReturnAsync(server.GetStream(), client.GetStream()));
    }

    private async Task ReturnAsync(NetworkStream from, NetworkStream to)
    {
        var piece = new byte[bytesPerSecond / PiecesPerSecond];
        while (await from.ReadAsync(piece, Stop) is var count and > 0)
        {
            await to.WriteAsync(piece.AsMemory(0, count), Stop);
            await Task.Delay(TimeSpan.FromSeconds((double)count / bytesPerSecond), Stop);
        }
    }
}
