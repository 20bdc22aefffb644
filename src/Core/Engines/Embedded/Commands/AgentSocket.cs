using System.Net.Sockets;
using ContainerStages.Planning;
using ContainerStages.Posix;

namespace ContainerStages.Engines;

/// <summary>
/// A socket for one command that passes everything on to an agent: it has the owner and mode that the mount asks for, and the agent, which
/// serves its own user alone, hears from us. Source: BuildKit, session/sshforward.
/// </summary>
internal sealed class AgentSocket : IDisposable
{
    private const uint DefaultMode = 0x180; // rw-------
    private readonly Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly CancellationTokenSource ended = new();
    private readonly string agent;
    private readonly Action<string> unreachable;

    /// <param name="path">Where the socket is made.</param>
    /// <param name="agent">The socket of the agent.</param>
    /// <param name="owner">Of the new socket; root and 0600 where nothing is said.</param>
    /// <param name="unreachable">Hears why a connection of the command led nowhere.</param>
    public AgentSocket(string path, string agent, FileOwner owner, Action<string> unreachable)
    {
        this.agent = agent;
        this.unreachable = unreachable;

        // The name of a socket has 107 bytes at most, the path of a store may have more.
        using (var folder = FileCalls.OpenDirectory(Path.GetDirectoryName(path)!))
        {
            listener.Bind(new UnixDomainSocketEndPoint($"/proc/self/fd/{folder.DangerousGetHandle()}/{Path.GetFileName(path)}"));
        }

        FileCalls.Check(FileCalls.ChownNoFollow(path, owner.UserId ?? 0, owner.GroupId ?? 0), "lchown", path);
        FileCalls.Check(FileCalls.Chmod(path, owner.Mode ?? DefaultMode), "chmod", path);
        listener.Listen();
        _ = AcceptAsync();
    }

    public void Dispose()
    {
        ended.Cancel();
        listener.Dispose();
        ended.Dispose();
    }

    private async Task AcceptAsync()
    {
        var token = ended.Token;
        try
        {
            while (true)
            {
                _ = PassOnAsync(await listener.AcceptAsync(token), token);
            }
        }
        catch (Exception over) when (over is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The command has ended.
        }
    }

    private async Task ConnectAsync(Socket server, CancellationToken token)
    {
        try
        {
            await server.ConnectAsync(new UnixDomainSocketEndPoint(agent), token);
        }
        catch (SocketException failure)
        {
            unreachable(failure.Message);
            throw;
        }
    }

    private async Task PassOnAsync(Socket client, CancellationToken token)
    {
        using (client)
        using (var server = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            try
            {
                await ConnectAsync(server, token);
                await using var one = new NetworkStream(client);
                await using var other = new NetworkStream(server);
                await Task.WhenAny(one.CopyToAsync(other, token), other.CopyToAsync(one, token));
            }
            catch (Exception over) when (over is OperationCanceledException or SocketException or IOException)
            {
                // The command or the agent hung up; the command sees its connection end.
            }
        }
    }
}
