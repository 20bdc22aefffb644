using System.Collections.Immutable;
using System.Runtime.InteropServices;
using ContainerStages.Diagnostics;
using ContainerStages.Posix;
using Microsoft.Win32.SafeHandles;

namespace ContainerStages.Sandboxing;

/// <summary>One run: starts the first process and hands on its output until it has ended. All on the calling thread.</summary>
internal sealed class SandboxProcess : IDisposable
{
    private readonly (SafeFileHandle Read, SafeFileHandle Write) output = ProcessCalls.CreatePipe();
    private readonly (SafeFileHandle Read, SafeFileHandle Write) error = ProcessCalls.CreatePipe();
    private readonly (SafeFileHandle Read, SafeFileHandle Write) status = ProcessCalls.CreatePipe();
    private readonly SafeFileHandle specification;
    private readonly NamespaceSpawn spawn;
    private readonly string program;
    private readonly OutputLines outputLines;
    private readonly OutputLines errorLines;
    private readonly byte[] buffer = new byte[64 * 1024];

    private SandboxProcess(
        ImmutableArray<string> program,
        List<string> environment,
        int namespaces,
        SandboxCommand command,
        SandboxSpecification specification,
        ISandboxOutput output)
    {
        this.specification = MemoryFile.Create("sandbox", specification.ToBytes());
        this.program = program[0];
        outputLines = new OutputLines(output, isError: false, command.Secrets);
        errorLines = new OutputLines(output, isError: true, command.Secrets);
        List<(SafeFileHandle, int)> descriptors =
            [(status.Write, SandboxInit.StatusDescriptor), (this.specification, SandboxInit.SpecificationDescriptor)];
        if (!command.Interactive)
        {
            descriptors.AddRange([(this.output.Write, 1), (error.Write, 2)]);

            // So that the command may open /dev/stdout. An id that does not exist here is told when the command is to take it on.
            _ = FileCalls.Fchown(this.output.Write, command.UserId, command.GroupId);
            _ = FileCalls.Fchown(error.Write, command.UserId, command.GroupId);
        }

        spawn = new NamespaceSpawn(program, environment, descriptors, namespaces, inheritInput: command.Interactive);
    }

    /// <exception cref="BuildFailedException">No process could be started.</exception>
    public static SandboxOutcome Run(
        ImmutableArray<string> program,
        List<string> environment,
        int namespaces,
        SandboxCommand command,
        SandboxSpecification specification,
        ISandboxOutput output,
        CancellationToken cancellationToken)
    {
        using var process = new SandboxProcess(program, environment, namespaces, command, specification, output);
        return process.Run(cancellationToken);
    }

    private SandboxOutcome Run(CancellationToken cancellationToken)
    {
        var parent = spawn.Start();
        try
        {
            var started = ReadReport();
            CloseOurEnds();
            if (started.Process == 0)
            {
                throw new BuildFailedException(started.UnshareFailed != 0
                    ? RunDiagnostics.NamespacesRefused(started.Error)
                    : RunDiagnostics.SetupFailed("starting the first process", started.Error, program));
            }

            specification.Dispose();
            using var process = new SafeFileHandle(started.ProcessDescriptor, ownsHandle: true);
            using (cancellationToken.UnsafeRegister(
                static state => ProcessCalls.Signal((SafeFileHandle)state!, ProcessCalls.SIGKILL), process))
            {
                return Watch(process);
            }
        }
        finally
        {
            parent.Join();
        }
    }

    public void Dispose()
    {
        foreach (var (read, write) in new[] { output, error, status })
        {
            read.Dispose();
            write.Dispose();
        }

        specification.Dispose();
        spawn.Dispose();
    }

    private SandboxOutcome Watch(SafeFileHandle process)
    {
        var report = new List<byte>();
        try
        {
            var ended = Pump(report);
            outputLines.Complete();
            errorLines.Complete();
            if (ended.Error != 0)
            {
                throw new PosixException("waitpid", "sandbox", ended.Error);
            }

            return new SandboxOutcome(ended.ExitCode, [.. report]);
        }
        catch
        {
            // Whoever receives the output threw: the command must not stay behind.
            ProcessCalls.Signal(process, ProcessCalls.SIGKILL);
            throw;
        }
    }

    // When the first process has ended, so has every other of its namespace: what is in the pipes then is all there will be.
    private SpawnReport Pump(List<byte> status)
    {
        Span<PollEntry> entries =
        [
            Watching(output.Read), Watching(error.Read), Watching(this.status.Read), Watching(spawn.ReportRead),
        ];
        while (true)
        {
            ProcessCalls.Poll(entries, -1);
            var ended = entries[3].Returned != 0;
            Forward(ref entries[0], output.Read, bytes => outputLines.Add(bytes));
            Forward(ref entries[1], error.Read, bytes => errorLines.Add(bytes));
            Forward(ref entries[2], this.status.Read, bytes => status.AddRange(bytes));
            if (ended)
            {
                Drain(entries[..3], status);
                return ReadReport();
            }
        }
    }

    private void Drain(Span<PollEntry> entries, List<byte> status)
    {
        while (ProcessCalls.Poll(entries, 0) > 0)
        {
            Forward(ref entries[0], output.Read, bytes => outputLines.Add(bytes));
            Forward(ref entries[1], error.Read, bytes => errorLines.Add(bytes));
            Forward(ref entries[2], this.status.Read, bytes => status.AddRange(bytes));
        }
    }

    private void Forward(ref PollEntry entry, SafeFileHandle pipe, Action<ReadOnlySpan<byte>> receive)
    {
        if (entry.Returned == 0)
        {
            return;
        }

        var count = ProcessCalls.Read(pipe, buffer);
        if (count == 0)
        {
            entry.Descriptor = -1;
            entry.Returned = 0;
            return;
        }

        receive(buffer.AsSpan(0, count));
    }

    private SpawnReport ReadReport()
    {
        Span<byte> report = stackalloc byte[Marshal.SizeOf<SpawnReport>()];
        var count = ProcessCalls.Read(spawn.ReportRead, report);
        return count == report.Length
            ? MemoryMarshal.Read<SpawnReport>(report)
            : throw new InvalidOperationException("The sandbox's parent thread told nothing.");
    }

    // The pipes end when the command's processes have closed theirs.
    private void CloseOurEnds()
    {
        output.Write.Dispose();
        error.Write.Dispose();
        status.Write.Dispose();
    }

    private static PollEntry Watching(SafeFileHandle pipe) =>
        new() { Descriptor = (int)pipe.DangerousGetHandle(), Events = ProcessCalls.POLLIN };
}
