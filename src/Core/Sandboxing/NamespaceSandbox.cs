using System.Collections;
using ContainerStages.Posix;

namespace ContainerStages.Sandboxing;

/// <summary>
/// The built-in sandbox: new pid, ipc, uts and mount namespaces (and a network namespace where there is to be no network), the root
/// changed, Docker's default capabilities and a system call filter. Needs root, or a user namespace (<see cref="UserNamespace"/>).
/// </summary>
/// <param name="runtime">
/// The OCI runtime that starts the commands in these namespaces, in place of the first process itself; null for none. It is looked for when
/// the first command runs.
/// </param>
internal sealed class NamespaceSandbox(string? runtime = null) : ISandbox
{
    private readonly Lazy<Task<OciRuntime>>? runtime =
        runtime is null ? null : new(() => OciRuntime.FindAsync(runtime, CancellationToken.None));

    private const int Namespaces =
        NamespaceSpawn.CLONE_NEWNS | NamespaceSpawn.CLONE_NEWPID | NamespaceSpawn.CLONE_NEWIPC | NamespaceSpawn.CLONE_NEWUTS;

    public async Task<int> RunAsync(SandboxCommand command, ISandboxOutput output, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var prepared = SandboxFolder.Prepare(command);
        var specification = this.runtime is null ? prepared : (await this.runtime.Value).Complete(prepared);
        var outcome = await RunInitAsync(command, specification, output, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        SandboxOutcomes.ThrowIfFailed(outcome, specification, command.Platform);
        return outcome.ExitCode;
    }

    private async Task<SandboxOutcome> RunInitAsync(
        SandboxCommand command, SandboxSpecification specification, ISandboxOutput output, CancellationToken cancellationToken)
    {
        // RunContinuationsAsynchronously: nothing of the caller runs on the thread that watches.
        var done = new TaskCompletionSource<SandboxOutcome>(TaskCreationOptions.RunContinuationsAsynchronously);
        var program = SandboxInitCommand.ForThisProgram().Add($"/proc/self/fd/{SandboxInit.SpecificationDescriptor}");
        var namespaces = Namespaces
            | (command.Network ? 0 : NamespaceSpawn.CLONE_NEWNET)
            | (this.runtime is null ? 0 : NamespaceSpawn.CLONE_NEWCGROUP);
        var watcher = new Thread(() =>
        {
            try
            {
                done.SetResult(
                    SandboxProcess.Run(program, InitEnvironment(), namespaces, command, specification, output, cancellationToken));
            }
            catch (Exception exception)
            {
                // The thread's boundary: whoever awaits the task gets it.
                done.SetException(exception);
            }
        })
        { IsBackground = true, Name = "sandbox" };
        watcher.Start();
        return await done.Task;
    }

    // The runtime of the first process needs no diagnostics socket in /tmp and no thread for background collections.
    private static List<string> InitEnvironment()
    {
        var variables = new List<string>();
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            if ((string)variable.Key is not ("DOTNET_EnableDiagnostics" or "DOTNET_gcConcurrent" or "DOTNET_STARTUP_HOOKS"))
            {
                variables.Add($"{variable.Key}={variable.Value}");
            }
        }

        variables.AddRange(["DOTNET_EnableDiagnostics=0", "DOTNET_gcConcurrent=0"]);
        return variables;
    }
}
