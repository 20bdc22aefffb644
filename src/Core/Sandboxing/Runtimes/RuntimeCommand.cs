using System.Globalization;
using System.Text.Json;
using ContainerStages.Posix;
using Microsoft.Win32.SafeHandles;
using static ContainerStages.Posix.MountCalls;

namespace ContainerStages.Sandboxing;

/// <summary>
/// The last steps where an OCI runtime makes the command's process: checks what the other way would tell exactly, writes the bundle, starts
/// the runtime and waits for the process that it leaves. Everything is inside the first process's namespaces and ends with it.
/// </summary>
internal sealed class RuntimeCommand(SandboxFolder folder, SafeFileHandle root, SandboxSpecification specification)
{
    private const uint AnyExecute = 0x49;
    private readonly RuntimeBundle bundle = new(folder.Bundle);

    /// <param name="step">What is being done.</param>
    /// <returns>Exit code of the command, or 128 + signal number.</returns>
    /// <exception cref="PosixException">A step failed.</exception>
    /// <exception cref="SandboxException">The runtime refused.</exception>
    public int Run(ref SandboxStep step)
    {
        var system = DirectSystem.Create();
        system.SetFileModeMask(0x12);
        step = SandboxStep.WorkingDirectory;
        using (RootPlaces.MakeFolder(root, specification.WorkingDirectory))
        {
            RequireProgram();
        }

        step = SandboxStep.Bundle;
        ShowMachine();
        WriteBundle();
        step = SandboxStep.SystemCallFilter;
        if (!specification.Privileged && !system.ScopeAbstractSockets())
        {
            throw new PosixException("landlock_restrict_self", "", system.Error);
        }

        step = SandboxStep.Runtime;
        if (ProcessCalls.Wait(ProcessCalls.Spawn(specification.Runtime)) != 0)
        {
            throw new SandboxException(new SandboxFailure(SandboxStep.Runtime, 0, LastError()));
        }

        SandboxInit.Report(new SandboxFailure(SandboxStep.Ready, 0, ""));
        return ProcessCalls.WaitForOrphan(int.Parse(File.ReadAllText(bundle.ProcessFile), CultureInfo.InvariantCulture));
    }

    // A runtime looks for its processes in /proc by the ids that it knows them by, and makes control groups where it can write.
    private static void ShowMachine()
    {
        Mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC);
        Mount("cgroup2", "/sys/fs/cgroup", "cgroup2", MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC);
    }

    // Never on a disk: environment and the runtime's own copies of it may hold secrets.
    private void WriteBundle()
    {
        Mount("tmpfs", bundle.Folder, "tmpfs", MS_NOSUID | MS_NODEV, "mode=700");
        File.WriteAllText(bundle.Configuration, specification.RuntimeConfiguration);
    }

    // Runtimes tell it in words of their own.
    private void RequireProgram()
    {
        var failure = new SandboxFailure(SandboxStep.NotFound, Errno.ENOENT, specification.Arguments[0]);
        foreach (var candidate in ProgramSearch.Candidates(specification.Arguments[0], specification.Environment))
        {
            var path = candidate.StartsWith('/') ? candidate : $"{specification.WorkingDirectory}/{candidate}";
            using var file = RootPlaces.TryOpen(root, path.TrimStart('/'));
            if (file is not null && FileCalls.TryStat(file, "", out var status))
            {
                if (!status.IsDirectory && (status.Permissions & AnyExecute) != 0)
                {
                    return;
                }

                failure = new SandboxFailure(SandboxStep.NotExecutable, Errno.EACCES, candidate);
            }
        }

        throw new SandboxException(failure);
    }

    private string LastError()
    {
        var lines = File.Exists(bundle.Log) ? File.ReadAllLines(bundle.Log) : [];
        if (lines.Length == 0)
        {
            return "it gave no reason";
        }

        try
        {
            using var entry = JsonDocument.Parse(lines[^1]);
            return entry.RootElement.TryGetProperty("msg", out var message) ? message.GetString() ?? lines[^1] : lines[^1];
        }
        catch (JsonException)
        {
            return lines[^1];
        }
    }
}
