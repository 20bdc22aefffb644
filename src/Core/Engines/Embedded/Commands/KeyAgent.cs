using System.Diagnostics;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Posix;

namespace ContainerStages.Engines;

/// <summary>
/// An <c>ssh-agent</c> of the machine with some private keys in it. It lives as long as the <c>cat</c> that it serves, whose input is ours:
/// it also ends where this process is killed. Source: ssh-agent(1), a command given.
/// </summary>
internal sealed class KeyAgent : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly Process process;
    private readonly string folder;

    private KeyAgent(Process process, string folder) =>
        (this.process, this.folder, Socket) = (process, folder, Path.Combine(folder, "agent"));

    public string Socket { get; }

    /// <exception cref="BuildFailedException">OpenSSH is missing, or a key cannot be used.</exception>
    public static async Task<KeyAgent> StartAsync(
        string id, IReadOnlyList<string> keys, SourceLocation location, CancellationToken cancellationToken)
    {
        // Not in the store: the path of a socket has 107 bytes at most.
        var place = Directory.CreateTempSubdirectory("stages-ssh-").FullName;
        KeyAgent? agent = null;
        try
        {
            agent = new KeyAgent(Start("ssh-agent", ["-a", Path.Combine(place, "agent"), "cat"], null, id, location), place);
            await agent.ListensAsync(id, location, cancellationToken);
            foreach (var key in keys)
            {
                await agent.AddAsync(id, key, location, cancellationToken);
            }

            return agent;
        }
        catch
        {
            agent?.Dispose();
            TreeRemover.Remove(place);
            throw;
        }
    }

    public void Dispose()
    {
        process.StandardInput.Close();
        process.Kill();
        process.Dispose();
        TreeRemover.Remove(folder);
    }

    private async Task ListensAsync(string id, SourceLocation location, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        while (!File.Exists(Socket))
        {
            if (process.HasExited || watch.Elapsed > Patience)
            {
                throw new BuildFailedException(ContextDiagnostics.KeyRefused(id, Socket, "ssh-agent did not start.", location));
            }

            await Task.Delay(5, cancellationToken);
        }
    }

    private async Task AddAsync(string id, string key, SourceLocation location, CancellationToken cancellationToken)
    {
        // Through its standard input, so that a key whose file others may read is accepted as it is in a container.
        using var add = Start("ssh-add", ["-q", "-"], Socket, id, location);
        var errors = add.StandardError.ReadToEndAsync(cancellationToken);
        try
        {
            await add.StandardInput.WriteAsync((await File.ReadAllTextAsync(key, cancellationToken)).AsMemory(), cancellationToken);
            add.StandardInput.Close();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new BuildFailedException(ContextDiagnostics.KeyRefused(id, key, failure.Message, location), failure);
        }

        await add.WaitForExitAsync(cancellationToken);
        if (add.ExitCode != 0)
        {
            var said = (await errors).Trim().ReplaceLineEndings(" ");
            throw new BuildFailedException(
                ContextDiagnostics.KeyRefused(id, key, said.Length > 0 ? said : "ssh-add refused it.", location));
        }
    }

    private static Process Start(string program, string[] arguments, string? socket, string id, SourceLocation location)
    {
        var start = new ProcessStartInfo(program, arguments);
        start.Environment["LC_ALL"] = "C";
        start.Environment["SSH_ASKPASS_REQUIRE"] = "never";
        start.Environment.Remove("DISPLAY");
        start.Environment["SSH_AUTH_SOCK"] = socket;
        return HostProgram.Start(start) ?? throw new BuildFailedException(ContextDiagnostics.NoAgentProgram(program, id, location));
    }
}
