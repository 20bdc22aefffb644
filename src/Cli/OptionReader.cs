using ContainerStages.Cli.Completion;
using ContainerStages.Contracts;

namespace ContainerStages.Cli;

/// <summary>
/// An option of a verb: its names (<c>--tag</c>, <c>-t</c>), what stands for its value in the help (null for a switch), one line, and what
/// shells offer for the value.
/// </summary>
internal sealed record Option(string[] Names, string? Value, string Help, Candidates? Candidates = null);

/// <summary>Wrong usage: told with the verb's help, exit code 2.</summary>
internal sealed class UsageException(string message) : Exception(ShownText.WithoutPasswords(message));

/// <summary>
/// Reads the arguments of one verb: <c>--name value</c>, <c>--name=value</c>, <c>-n value</c>, switches (also <c>--switch=false</c>), and
/// the rest. With stopAtFirst everything after the first other argument belongs to that (a command to run).
/// </summary>
internal sealed class OptionReader
{
    private readonly Dictionary<string, List<string>> values = new(StringComparer.Ordinal);

    public OptionReader(IReadOnlyList<Option> options, IReadOnlyList<string> arguments, bool stopAtFirst = false)
    {
        var rest = new List<string>();
        for (var i = 0; i < arguments.Count; i++)
        {
            var argument = arguments[i];
            if (argument == "--" || (stopAtFirst && rest.Count > 0))
            {
                rest.AddRange(arguments.Skip(argument == "--" && !(stopAtFirst && rest.Count > 0) ? i + 1 : i));
                break;
            }

            if (argument == "-" || !argument.StartsWith('-'))
            {
                rest.Add(argument);
                continue;
            }

            if (Cluster(argument, options) is { } single)
            {
                arguments = [.. arguments.Take(i), .. single, .. arguments.Skip(i + 1)];
                argument = arguments[i];
            }

            var equals = argument.StartsWith("--", StringComparison.Ordinal) ? argument.IndexOf('=', StringComparison.Ordinal) : -1;
            var name = equals < 0 ? argument : argument[..equals];
            var option = options.FirstOrDefault(known => known.Names.Contains(name)) ?? throw Unknown(name, options);
            var value = equals >= 0 ? argument[(equals + 1)..]
                : option.Value is null ? "true"
                : i + 1 < arguments.Count ? arguments[++i]
                : throw new UsageException($"{name} needs a value: {name} {option.Value}.");
            Add(option.Names[0], value);
        }

        Rest = rest;
    }

    /// <summary>Arguments that are no options.</summary>
    public IReadOnlyList<string> Rest { get; }

    /// <summary>Every value given for an option, in order.</summary>
    public IReadOnlyList<string> All(string name) => values.GetValueOrDefault(name) ?? [];

    /// <summary>The last value given, or null.</summary>
    public string? Last(string name) => All(name) is { Count: > 0 } given ? given[^1] : null;

    public bool IsSet(string name) => Last(name) is { } value && !string.Equals(value, "false", StringComparison.OrdinalIgnoreCase);

    /// <summary><c>KEY=value</c> pairs of a repeatable option; a key alone takes its value from the environment, or is left out.</summary>
    public Dictionary<string, string> Pairs(string name)
    {
        var pairs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var given in All(name))
        {
            var equals = given.IndexOf('=', StringComparison.Ordinal);
            var key = equals < 0 ? given : given[..equals];
            if (key.Length == 0)
            {
                throw new UsageException($"{name} {given}: the form is KEY=value.");
            }

            if ((equals < 0 ? Environment.GetEnvironmentVariable(key) : given[(equals + 1)..]) is { } value)
            {
                pairs[key] = value;
            }
        }

        return pairs;
    }

    private void Add(string name, string value)
    {
        if (!values.TryGetValue(name, out var list))
        {
            values.Add(name, list = []);
        }

        list.Add(value);
    }

    /// <summary>
    /// <c>-it</c> is <c>-i -t</c>, and <c>-p8080</c> or <c>-p=8080</c> is <c>-p 8080</c>; null where the argument is neither.
    /// </summary>
    public static string[]? Cluster(string argument, IReadOnlyList<Option> options)
    {
        if (argument.Length < 3
            || argument.StartsWith("--", StringComparison.Ordinal)
            || options.FirstOrDefault(known => known.Names.Contains(argument[..2])) is not { } first)
        {
            return null;
        }

        return [argument[..2], first.Value is null ? "-" + argument[2..] : argument[2] == '=' ? argument[3..] : argument[2..]];
    }

    private static UsageException Unknown(string name, IEnumerable<Option> options) =>
        new($"There is no option '{name}'.{NearestName.Suggest(name, options.SelectMany(option => option.Names))}");
}
