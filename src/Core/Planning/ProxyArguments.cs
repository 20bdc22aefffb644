using System.Collections.Immutable;

namespace ContainerStages.Planning;

/// <summary>
/// The build arguments that reach every RUN undeclared, in upper and lower case, and leave no trace in history or cache keys. Source:
/// Dockerfile reference, Predefined ARGs; both cases as in BuildKit.
/// </summary>
internal static class ProxyArguments
{
    private static readonly ImmutableArray<string> Names = ["ALL_PROXY", "FTP_PROXY", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY"];

    public static bool Contains(string name) => Names.Any(known => Spellings(known).Contains(name));

    /// <summary><c>NAME=value</c> of those given, by name, without those the command has already.</summary>
    public static ImmutableArray<string> For(IReadOnlyDictionary<string, string> buildArguments, ImmutableArray<string> environment) =>
    [
        .. Names.SelectMany(name => Both(name, buildArguments))
            .Where(added => !environment.Any(variable => variable.StartsWith(added.Name + "=", StringComparison.Ordinal)))
            .Select(added => $"{added.Name}={added.Value}"),
    ];

    /// <summary>Both, and no mixture of them.</summary>
    private static string[] Spellings(string name) => [name, name.ToLowerInvariant()];

    private static IEnumerable<(string Name, string Value)> Both(string name, IReadOnlyDictionary<string, string> given)
    {
        var lower = name.ToLowerInvariant();
        return (given.GetValueOrDefault(name) ?? given.GetValueOrDefault(lower)) is { } value ? [(name, value), (lower, value)] : [];
    }
}
