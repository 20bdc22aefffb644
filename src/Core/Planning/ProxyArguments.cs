using System.Collections.Immutable;

namespace ContainerStages.Planning;

/// <summary>
/// The build arguments that reach every RUN undeclared, and leave no trace in history or cache keys. Source: Dockerfile reference, Predefined ARGs.
/// </summary>
internal static class ProxyArguments
{
    private static readonly ImmutableHashSet<string> Names = ImmutableHashSet.Create(
        StringComparer.Ordinal,
        "HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "FTP_PROXY", "ftp_proxy", "NO_PROXY", "no_proxy", "ALL_PROXY", "all_proxy");

    public static bool Contains(string name) => Names.Contains(name);

    /// <summary><c>NAME=value</c> of those given, by name, without those the command has already.</summary>
    public static ImmutableArray<string> For(IReadOnlyDictionary<string, string> buildArguments, ImmutableArray<string> environment) =>
    [
        .. buildArguments
            .Where(argument => Contains(argument.Key) && !environment.Any(variable => variable.StartsWith(argument.Key + "=", StringComparison.Ordinal)))
            .OrderBy(argument => argument.Key, StringComparer.Ordinal)
            .Select(argument => $"{argument.Key}={argument.Value}"),
    ];
}
