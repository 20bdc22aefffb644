using System.Collections.Immutable;
using ContainerStages.Contracts;
using ContainerStages.Oci;
using ContainerStages.Stages;

namespace ContainerStages.Planning;

/// <summary>What all stages of a plan share: global arguments, build arguments, and where COPY --from leads.</summary>
internal sealed record PlanScope(
    WordExpander Expander,
    IReadOnlyDictionary<string, string?> GlobalArguments,
    IReadOnlyDictionary<string, string> BuildArguments,
    Func<CopyInstruction, CopySource> Source,
    Platform Platform,
    PlanChecks Checks)
{
    public BuildKitArguments BuildKit { get; } = new(BuildArguments);

    /// <summary>Build arguments that an ARG took.</summary>
    public HashSet<string> Used { get; } = new(StringComparer.Ordinal);

    public LockedSourceSet Locked { get; init; } = LockedSourceSet.Empty;
}

/// <summary>
/// The arguments and variables in force at an instruction. Of an ENV and an ARG with one name the later wins: the reference promises it to
/// ENV always, but BuildKit does not keep that, and Dockerfiles are written for what it does.
/// </summary>
internal sealed class StageVariables(PlanScope scope, ConfigBuilder config, PlannedBase start)
{
    /// <summary>Every command has one, whatever the base says.</summary>
    private const string SearchPath = "PATH";

    public ImmutableDictionary<string, string?> Arguments { get; private set; } =
        start is StageBase other ? other.Stage.Arguments : ImmutableDictionary<string, string?>.Empty;

    public void Declare(ArgInstruction instruction)
    {
        foreach (var (name, value) in instruction.Arguments)
        {
            Arguments = Arguments.SetItem(name, ValueOf(name, value, instruction.Location));
        }
    }

    /// <summary>An ENV ends the argument of its name.</summary>
    public void Forget(string name) => Arguments = Arguments.Remove(name);

    public string Expand(string word, SourceLocation location) => Checked(word, location).Text;

    public string ExpandText(string text, SourceLocation location) => Checked(text, location, isText: true).Text;

    public ImmutableArray<string> ExpandWords(string word, SourceLocation location) => Checked(word, location).Words;

    /// <summary><c>NAME=value</c> for a RUN: the variables in their order, then the arguments by name.</summary>
    public ImmutableArray<string> ForCommand() =>
    [
        .. config.Variables.Select(variable => $"{variable.Name}={Arguments.GetValueOrDefault(variable.Name) ?? variable.Value}"),
        .. Arguments.Where(argument => argument.Value is not null && !config.HasVariable(argument.Key))
            .OrderBy(argument => argument.Key, StringComparer.Ordinal)
            .Select(argument => $"{argument.Key}={argument.Value}"),
    ];

    private ExpandedWord Checked(string word, SourceLocation location, bool isText = false)
    {
        var all = InForce();
        var expanded = isText ? scope.Expander.ExpandText(word, all, location) : scope.Expander.Expand(word, all, location);
        if (!expanded.Unset.IsEmpty)
        {
            scope.Checks.Undefined(
                expanded.Unset.Where(name => !Arguments.ContainsKey(name) && name != SearchPath), all.Keys.Append(SearchPath), location);
        }

        return expanded;
    }

    private string? ValueOf(string name, string? written, SourceLocation location)
    {
        if (scope.BuildArguments.TryGetValue(name, out var given))
        {
            scope.Used.Add(name);
            return given;
        }

        return written is null ? scope.GlobalArguments.GetValueOrDefault(name) : Expand(written, location);
    }

    private Dictionary<string, string> InForce()
    {
        var all = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in config.Variables)
        {
            all[name] = value;
        }

        foreach (var (name, value) in Arguments)
        {
            if (value is not null)
            {
                all[name] = value;
            }
        }

        return all;
    }
}
