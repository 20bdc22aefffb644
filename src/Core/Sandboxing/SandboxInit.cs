using System.Text;
using ContainerStages.Contracts;
using ContainerStages.Posix;
using Microsoft.Win32.SafeHandles;

namespace ContainerStages.Sandboxing;

/// <summary>
/// The first process inside the sandbox's namespaces: puts the root filesystem together for another process, which gives up what the
/// command must not have and becomes the command, or for an OCI runtime, which starts it, and waits for it. Started by
/// <see cref="NamespaceSandbox"/>; descriptor 3 tells that program what went wrong.
/// </summary>
public static class SandboxInit
{
    internal const string Verb = "sandbox-init";
    internal const int StatusDescriptor = 3;
    internal const int SpecificationDescriptor = 4;
    private const int FailureCode = 125;

    /// <returns>The exit code of the command; where there was none, the status descriptor has told the reason.</returns>
    public static int Run(string specificationFile)
    {
        var system = DirectSystem.Create();
        if (!system.CloseOnExecFrom(StatusDescriptor) || !DiesWithParent(system))
        {
            return FailureCode;
        }

        var step = SandboxStep.Unexpected;
        try
        {
            return RunCommand(SandboxSpecification.Read(specificationFile), ref step);
        }
        catch (SandboxException exception)
        {
            Report(exception.Failure);
        }
        catch (PosixException exception)
        {
            Report(new SandboxFailure(step, exception.ErrorNumber, exception.Subject));
        }
        catch (Exception exception)
        {
            // The boundary of this process: whatever it is, the program that started it says it.
            Report(new SandboxFailure(
                SandboxStep.Unexpected,
                0,
                $"{step}: {(UnforeseenFailure.IsTraceWanted ? exception : UnforeseenFailure.Describe(exception))}"));
        }

        return FailureCode;
    }

    private static int RunCommand(SandboxSpecification specification, ref SandboxStep step)
    {
        var folder = new SandboxFolder(specification.Folder);
        step = SandboxStep.Propagation;
        MountCalls.Mount("none", "/", null, MountCalls.MS_REC | MountCalls.MS_PRIVATE);
        step = SandboxStep.Overlay;
        RootMount.Overlay(folder, specification.LowerNames);
        Environment.CurrentDirectory = folder.Root;
        using var root = FileCalls.OpenDirectory(folder.Root);
        var mounts = new SystemMounts(root, specification);
        if (!specification.Runtime.IsEmpty)
        {
            Populate(mounts, folder, root, specification, ref step);
            return new RuntimeCommand(folder, root, specification).Run(ref step);
        }

        step = SandboxStep.Proc;
        using var proc = mounts.Open("proc");
        using var command = CommandProcess.Start(specification, proc);
        Populate(mounts, folder, root, specification, ref step);
        step = SandboxStep.PivotRoot;
        return command.Run();
    }

    private static void Populate(
        SystemMounts mounts, SandboxFolder folder, SafeFileHandle root, SandboxSpecification specification, ref SandboxStep step)
    {
        mounts.MountAll(folder, ref step);
        step = SandboxStep.CommandMounts;
        new CommandMounts(folder, root).MountAll(specification.Mounts);
        step = SandboxStep.HostName;
        MountCalls.SetHostName(specification.HostName);
        if (!specification.Network)
        {
            step = SandboxStep.Loopback;
            MountCalls.LoopbackUp();
        }
    }

    // The signal is asked for first and the parent looked at second, so that a parent that dies between the two is noticed too: the other
    // end of the status pipe is closed then.
    private static bool DiesWithParent(DirectSystem system)
    {
        Span<PollEntry> status = [new PollEntry { Descriptor = StatusDescriptor }];
        return system.Control(CommandEntry.PR_SET_PDEATHSIG, ProcessCalls.SIGKILL)
            && (ProcessCalls.Poll(status, 0) == 0 || (status[0].Returned & ProcessCalls.POLLERR) == 0);
    }

    internal static void Report(SandboxFailure failure)
    {
        using var handle = new SafeFileHandle(StatusDescriptor, ownsHandle: false);
        using var status = new FileStream(handle, FileAccess.Write, bufferSize: 0);
        status.Write([(byte)failure.Step, .. BitConverter.GetBytes(failure.Error), .. Encoding.UTF8.GetBytes(failure.Subject)]);
    }
}
