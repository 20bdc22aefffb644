using System.Net.Sockets;
using ContainerStages.TestKit;

namespace ContainerStages.Differential.Tests;

/// <summary>
/// What cases may ask for beside their context: in their arguments <c>{context}</c> is its folder, <c>{files}</c> the address of a web
/// server (<see cref="FileServer"/>, whose file says <c>content</c>), <c>{git}</c> the address of a repository (<see cref="GitServer"/>),
/// <c>{agent}</c> the socket of an ssh agent.
/// </summary>
internal sealed class CaseServers : IAsyncDisposable
{
    private readonly FileServer files = new("content\n");
    private readonly GitServer git;
    private readonly TempFolder folder = new();
    private readonly Socket agent = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    private CaseServers(GitServer git)
    {
        this.git = git;
        // Nobody answers: the cases look whether a socket is there.
        agent.Bind(new UnixDomainSocketEndPoint(folder.Combine("agent")));
        agent.Listen();
    }

    public static async Task<CaseServers> StartAsync() => new(await GitServer.StartAsync());

    public string[] Arguments(BuildCase buildCase, string context) =>
    [
        .. buildCase.Arguments.Select(argument => argument
            .Replace("{context}", context, StringComparison.Ordinal)
            .Replace("{files}", files.Address, StringComparison.Ordinal)
            .Replace("{git}", git.Address, StringComparison.Ordinal)
            .Replace("{agent}", folder.Combine("agent"), StringComparison.Ordinal)),
    ];

    public async ValueTask DisposeAsync()
    {
        agent.Dispose();
        git.Dispose();
        await files.DisposeAsync();
        folder.Dispose();
    }
}
