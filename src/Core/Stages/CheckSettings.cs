using System.Collections.Immutable;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;

namespace ContainerStages.Stages;

/// <summary>
/// What a file says of the build checks: its directive, and comments above single instructions. Source: Dockerfile reference, check.
/// </summary>
/// <param name="directive">The value of the directive; null where the file has none.</param>
public sealed class CheckSettings(string? directive)
{
    private readonly CheckOptions file = new(directive);

    public ImmutableArray<InstructionChecks> Instructions { get; init; } = [];

    /// <summary>Leaves out what is skipped; makes errors of the rest where the file says so.</summary>
    public IEnumerable<Diagnostic> Apply(IEnumerable<Diagnostic> warnings) =>
        warnings.Where(IsWanted).Select(warning => file.AreErrors ? warning with { Severity = Severity.Error } : warning);

    private bool IsWanted(Diagnostic warning)
    {
        var check = BuildChecks.All.First(known => known.Code == warning.Code);
        CheckOptions[] own =
            [.. Instructions.Where(instruction => instruction.Contains(warning.Location)).Select(instruction => instruction.Options)];
        return !own.Any(options => options.Skips(check))
            && (check.IsExperimental ? own.Append(file).Any(options => options.Tries(check)) : !file.Skips(check));
    }
}

/// <summary>What a comment above an instruction says of the checks of that instruction.</summary>
/// <param name="FirstLine">The instruction's.</param>
/// <param name="LastLine">The instruction's.</param>
/// <param name="Directive">As in the directive of a file.</param>
public sealed record InstructionChecks(int FirstLine, int LastLine, string Directive)
{
    internal CheckOptions Options { get; } = new(Directive);

    internal bool Contains(SourceLocation? place) => place?.Line >= FirstLine && place?.Line <= LastLine;
}

/// <summary><c>skip=A,B;error=true;experimental=C</c>.</summary>
internal sealed class CheckOptions(string? text)
{
    private readonly ImmutableDictionary<string, ImmutableHashSet<string>> options = (text ?? "").Split(';')
        .Select(option => option.Split('=', 2))
        .Where(option => option.Length == 2)
        .GroupBy(option => option[0].Trim(), StringComparer.Ordinal)
        .ToImmutableDictionary(
            group => group.Key,
            group => group.Last()[1].Split(',').Select(name => name.Trim()).ToImmutableHashSet(StringComparer.OrdinalIgnoreCase),
            StringComparer.Ordinal);

    public bool AreErrors => options.TryGetValue("error", out var value) && value.Any(flag => GoBoolean.Read(flag) is true);

    public bool Skips(BuildCheck check) => Names("skip", check);

    /// <summary>True where an experimental check is asked for.</summary>
    public bool Tries(BuildCheck check) => Names("experimental", check);

    private bool Names(string option, BuildCheck check) =>
        options.TryGetValue(option, out var names) && (names.Contains("all") || names.Contains(check.Name));
}
