using System.Collections.Immutable;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;

namespace ContainerStages.Dockerfile;

/// <summary>The flags of one instruction, checked against those that it has.</summary>
internal sealed class InstructionFlags
{
    private readonly ImmutableDictionary<string, Flag> _flags;

    /// <param name="line">The instruction.</param>
    /// <param name="valid">Flags with a value that the instruction has.</param>
    /// <param name="later">Flags of the Dockerfile language that are not supported yet.</param>
    /// <param name="diagnostics">Receives what is wrong.</param>
    public InstructionFlags(InstructionLine line, string[] valid, string[] later, ICollection<Diagnostic> diagnostics)
    {
        var found = ImmutableDictionary.CreateBuilder<string, Flag>(StringComparer.Ordinal);
        foreach (var flag in line.Flags)
        {
            if (Check(line.Keyword, flag, valid, later, found.ContainsKey(flag.Name)) is { } problem)
            {
                diagnostics.Add(problem);
            }
            else
            {
                found.Add(flag.Name, flag);
            }
        }

        _flags = found.ToImmutable();
    }

    public Flag? this[string name] => _flags.GetValueOrDefault(name);

    private static Diagnostic? Check(string keyword, Flag flag, string[] valid, string[] later, bool isRepeated)
    {
        if (later.Contains(flag.Name))
        {
            return DockerfileDiagnostics.NotSupportedYet($"{keyword} --{flag.Name}", flag.Location);
        }

        if (!valid.Contains(flag.Name))
        {
            return DockerfileDiagnostics.UnknownFlag(keyword, flag.Name, [.. valid, .. later], flag.Location);
        }

        if (isRepeated)
        {
            return DockerfileDiagnostics.FlagRepeated(keyword, flag.Name, flag.Location);
        }

        return string.IsNullOrEmpty(flag.Value) ? DockerfileDiagnostics.FlagWithoutValue(keyword, flag.Name, flag.Location) : null;
    }
}
