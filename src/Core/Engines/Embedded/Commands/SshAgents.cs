using ContainerStages.Concurrency;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Planning;
using ContainerStages.Posix;

namespace ContainerStages.Engines;

/// <summary>
/// The ssh agents of one build: those it was given, and one of our own for each id that names private keys, started when first asked for.
/// </summary>
internal sealed class SshAgents(CommandSettings settings) : IDisposable
{
    private readonly SharedWork<string, KeyAgent> started = new(remember: true);

    /// <returns>Path of the agent's socket, or null where the build has no such agent and the command can do without.</returns>
    /// <exception cref="BuildFailedException">It is required and missing, or neither a socket nor keys.</exception>
    public async Task<string?> FindAsync(PlannedSsh ssh, SourceLocation location, CancellationToken cancellationToken)
    {
        if (!settings.Ssh.TryGetValue(ssh.Id, out var paths))
        {
            return ssh.Required ? throw new BuildFailedException(MountRunDiagnostics.AgentMissing(ssh.Id, location)) : null;
        }

        if (paths is [var single] && TypeOf(single) == FileCalls.S_IFSOCK)
        {
            return single;
        }

        return paths.FirstOrDefault(path => TypeOf(path) != FileCalls.S_IFREG) is { } wrong
            ? throw new BuildFailedException(MountRunDiagnostics.NoAgentSocket(ssh.Id, wrong, location))
            : (await started.DoAsync(ssh.Id, token => KeyAgent.StartAsync(ssh.Id, paths, location, token), cancellationToken)).Socket;
    }

    public void Dispose()
    {
        foreach (var agent in started.Results)
        {
            agent.Dispose();
        }
    }

    private static uint TypeOf(string path) => FileCalls.TryStat(path, out var status) ? status.Mode & FileCalls.S_IFMT : 0;
}
