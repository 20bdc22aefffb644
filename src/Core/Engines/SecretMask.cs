using System.Collections.Immutable;

namespace ContainerStages.Engines;

/// <summary>Keeps secrets out of what a command's output shows.</summary>
internal static class SecretMask
{
    private const int ShortestLength = 4;

    /// <summary>The parts of a secret that are replaced: each of its lines that is long enough not to be met by chance.</summary>
    public static IEnumerable<string> Parts(string secret) =>
        secret.Split('\n').Select(line => line.Trim()).Where(line => line.Length >= ShortestLength);

    public static string Apply(string line, ImmutableArray<string> secrets)
    {
        foreach (var secret in secrets)
        {
            line = line.Replace(secret, "***", StringComparison.Ordinal);
        }

        return line;
    }
}
