using System.Collections.Immutable;
using System.Runtime.InteropServices;
using ContainerStages.Diagnostics;
using ContainerStages.Posix;
using Microsoft.Win32.SafeHandles;

namespace ContainerStages.Sandboxing;

/// <summary>One run: starts the first process and hands on its output until it has ended. All on the calling thread.</summary>
internal sealed class SandboxProcess : IDisposable
{
    private readonly (SafeFileHandle Read, SafeFileHandle Write) _output = ProcessCalls.CreatePipe();
    private readonly (SafeFileHandle Read, SafeFileHandle Write) _error = ProcessCalls.CreatePipe();
    private readonly (SafeFileHandle Read, SafeFileHandle Write) _status = ProcessCalls.CreatePipe();
    private readonly SafeFileHandle _specification;
    private readonly NamespaceSpawn _spawn;
    private readonly string _program;
    private readonly OutputLines _outputLines;
    private readonly OutputLines _errorLines;
    private readonly byte[] _buffer = new byte[64 * 1024];

    private SandboxProcess(
        ImmutableArray<string> program, List<string> environment, int namespaces, SandboxCommand command, SandboxSpecification specification, ISandboxOutput output)
    {
        _specification = MemoryFile.Create("sandbox", specification.ToBytes());
        _program = program[0];
        _outputLines = new OutputLines(output, isError: false, command.Secrets);
        _errorLines = new OutputLines(output, isError: true, command.Secrets);
        List<(SafeFileHandle, int)> descriptors = [(_status.Write, SandboxInit.StatusDescriptor), (_specification, SandboxInit.SpecificationDescriptor)];
        if (!command.Interactive)
        {
            descriptors.AddRange([(_output.Write, 1), (_error.Write, 2)]);

            // So that the command may open /dev/stdout. An id that does not exist here is told when the command is to take it on.
            _ = FileCalls.Fchown(_output.Write, command.UserId, command.GroupId);
            _ = FileCalls.Fchown(_error.Write, command.UserId, command.GroupId);
        }

        _spawn = new NamespaceSpawn(program, environment, descriptors, namespaces, inheritInput: command.Interactive);
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
        var parent = _spawn.Start();
        try
        {
            var started = ReadReport();
            CloseOurEnds();
            if (started.Process == 0)
            {
                throw new BuildFailedException(started.UnshareFailed != 0
                    ? RunDiagnostics.NamespacesRefused(started.Error)
                    : RunDiagnostics.SetupFailed("starting the first process", started.Error, _program));
            }

            _specification.Dispose();
            using var process = new SafeFileHandle(started.ProcessDescriptor, ownsHandle: true);
            using (cancellationToken.UnsafeRegister(static state => ProcessCalls.Signal((SafeFileHandle)state!, ProcessCalls.SIGKILL), process))
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
        foreach (var (read, write) in new[] { _output, _error, _status })
        {
            read.Dispose();
            write.Dispose();
        }

        _specification.Dispose();
        _spawn.Dispose();
    }

    private SandboxOutcome Watch(SafeFileHandle process)
    {
        var status = new List<byte>();
        try
        {
            var ended = Pump(status);
            _outputLines.Complete();
            _errorLines.Complete();
            if (ended.Error != 0)
            {
                throw new PosixException("waitpid", "sandbox", ended.Error);
            }

            return new SandboxOutcome(ended.ExitCode, [.. status]);
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
            Watching(_output.Read), Watching(_error.Read), Watching(_status.Read), Watching(_spawn.ReportRead),
        ];
        while (true)
        {
            ProcessCalls.Poll(entries, -1);
            var ended = entries[3].Returned != 0;
            Forward(ref entries[0], _output.Read, bytes => _outputLines.Add(bytes));
            Forward(ref entries[1], _error.Read, bytes => _errorLines.Add(bytes));
            Forward(ref entries[2], _status.Read, bytes => status.AddRange(bytes));
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
            Forward(ref entries[0], _output.Read, bytes => _outputLines.Add(bytes));
            Forward(ref entries[1], _error.Read, bytes => _errorLines.Add(bytes));
            Forward(ref entries[2], _status.Read, bytes => status.AddRange(bytes));
        }
    }

    private void Forward(ref PollEntry entry, SafeFileHandle pipe, Action<ReadOnlySpan<byte>> receive)
    {
        if (entry.Returned == 0)
        {
            return;
        }

        var count = ProcessCalls.Read(pipe, _buffer);
        if (count == 0)
        {
            entry.Descriptor = -1;
            entry.Returned = 0;
            return;
        }

        receive(_buffer.AsSpan(0, count));
    }

    private SpawnReport ReadReport()
    {
        Span<byte> report = stackalloc byte[Marshal.SizeOf<SpawnReport>()];
        var count = ProcessCalls.Read(_spawn.ReportRead, report);
        return count == report.Length
            ? MemoryMarshal.Read<SpawnReport>(report)
            : throw new InvalidOperationException("The sandbox's parent thread told nothing.");
    }

    // The pipes end when the command's processes have closed theirs.
    private void CloseOurEnds()
    {
        _output.Write.Dispose();
        _error.Write.Dispose();
        _status.Write.Dispose();
    }

    private static PollEntry Watching(SafeFileHandle pipe) =>
        new() { Descriptor = (int)pipe.DangerousGetHandle(), Events = ProcessCalls.POLLIN };
}
