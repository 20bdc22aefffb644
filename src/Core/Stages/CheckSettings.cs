using System.Collections.Immutable;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;

namespace ContainerStages.Stages;

/// <summary>What <c># check=skip=A,B;error=true;experimental=C</c> says. Source: Dockerfile reference, check.</summary>
public sealed class CheckSettings
{
    private readonly ImmutableDictionary<string, ImmutableHashSet<string>> _options;

    /// <param name="directive">The value of the directive; null where the file has none.</param>
    public CheckSettings(string? directive) => _options = (directive ?? "").Split(';')
        .Select(option => option.Split('=', 2))
        .Where(option => option.Length == 2)
        .GroupBy(option => option[0].Trim(), StringComparer.Ordinal)
        .ToImmutableDictionary(group => group.Key, group => group.Last()[1].Split(',').Select(name => name.Trim()).ToImmutableHashSet(StringComparer.OrdinalIgnoreCase), StringComparer.Ordinal);

    /// <summary>Leaves out what is skipped; makes errors of the rest where the file says so.</summary>
    public IEnumerable<Diagnostic> Apply(IEnumerable<Diagnostic> warnings)
    {
        var enabled = BuildChecks.All.Where(check => check.IsExperimental ? Names("experimental", check) : !Names("skip", check)).Select(check => check.Code).ToHashSet(StringComparer.Ordinal);
        var areErrors = _options.TryGetValue("error", out var value) && value.Any(text => GoBoolean.Read(text) is true);
        return warnings.Where(warning => enabled.Contains(warning.Code)).Select(warning => areErrors ? warning with { Severity = Severity.Error } : warning);
    }

    private bool Names(string option, BuildCheck check) => _options.TryGetValue(option, out var names) && (names.Contains("all") || names.Contains(check.Name));
}
