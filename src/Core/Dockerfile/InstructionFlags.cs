using System.Collections.Immutable;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;

namespace ContainerStages.Dockerfile;

/// <summary>The flags of one instruction, checked against those that it has.</summary>
internal sealed class InstructionFlags
{
    private readonly ImmutableArray<Flag> flags;

    /// <param name="line">The instruction.</param>
    /// <param name="known">Flags that the instruction has.</param>
    /// <param name="diagnostics">Receives what is wrong.</param>
    public InstructionFlags(InstructionLine line, FlagSpec[] known, ICollection<Diagnostic> diagnostics)
    {
        var found = ImmutableArray.CreateBuilder<Flag>();
        foreach (var flag in line.Flags)
        {
            if (Check(line.Keyword, flag, known, found.Any(earlier => earlier.Name == flag.Name)) is { } problem)
            {
                diagnostics.Add(problem);
            }
            else
            {
                found.Add(flag);
            }
        }

        flags = found.ToImmutable();
    }

    /// <summary>The flag, or null where it was not given.</summary>
    public Flag? this[string name] => flags.FirstOrDefault(flag => flag.Name == name);

    public IEnumerable<Flag> All(string name) => flags.Where(flag => flag.Name == name);

    /// <summary>Null where the flag was not given.</summary>
    public bool? Switch(string name) => this[name] is { } flag ? flag.Value is null or "true" : null;

    private static Diagnostic? Check(string keyword, Flag flag, FlagSpec[] known, bool isRepeated)
    {
        if (Array.FindIndex(known, spec => spec.Name == flag.Name) is not (>= 0 and var index))
        {
            return DockerfileDiagnostics.UnknownFlag(keyword, flag.Name, [.. known.Select(spec => spec.Name)], flag.Location);
        }

        var kind = known[index].Kind;
        if (kind != FlagKind.List && isRepeated)
        {
            return DockerfileDiagnostics.FlagRepeated(keyword, flag.Name, flag.Location);
        }

        return kind switch
        {
            FlagKind.Missing => DockerfileDiagnostics.NotSupportedYet($"{keyword} --{flag.Name}", flag.Location),
            FlagKind.Switch => flag.Value is null or "true" or "false"
                ? null
                : DockerfileDiagnostics.FlagNotBoolean(keyword, flag.Name, flag.Value, flag.Location),
            _ => string.IsNullOrEmpty(flag.Value) ? DockerfileDiagnostics.FlagWithoutValue(keyword, flag.Name, flag.Location) : null,
        };
    }
}
