using System.Text.RegularExpressions;

namespace ContainerStages.Stages;

/// <summary>Which variables hold secrets, by their names. Source: BuildKit, rule SecretsUsedInArgOrEnv.</summary>
internal static partial class SecretNames
{
    public static bool IsSecret(string name) => SecretName().IsMatch(name) && !PublicName().IsMatch(name);

    [GeneratedRegex(
        "(?:_|^)(?:apikey|auth|credential|credentials|key|password|pword|passwd|secret|token)(?:_|$)",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex SecretName();

    [GeneratedRegex(
        "(?:_|^)(?:public|file|version)(?:_|$)",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex PublicName();
}
