namespace ContainerStages.Pipelines.Tests;

/// <summary>A logging command of a task: <c>##vso[NAME KEY=VALUE;...]DATA</c>, read as the agent reads it.</summary>
internal sealed record AgentCommand(string Name, IReadOnlyDictionary<string, string> Properties, string Data)
{
    private const string Prefix = "##vso[";

    /// <summary>The command of a line, or null. As in the agent a command may stand anywhere in a line.</summary>
    public static AgentCommand? Find(string line)
    {
        var start = line.IndexOf(Prefix, StringComparison.Ordinal);
        var end = start < 0 ? -1 : line.IndexOf(']', start);
        if (end < 0)
        {
            return null;
        }

        var head = line[(start + Prefix.Length)..end].Split(' ', 2);
        var properties = head.Length == 1
            ? []
            : head[1].Split(';', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=', 2));
        return new(
            head[0],
            properties.ToDictionary(pair => pair[0], pair => Unescape(pair[1]), StringComparer.Ordinal),
            Unescape(line[(end + 1)..]));
    }

    private static string Unescape(string text) => text
        .Replace("%3B", ";", StringComparison.Ordinal).Replace("%5D", "]", StringComparison.Ordinal)
        .Replace("%0D", "\r", StringComparison.Ordinal).Replace("%0A", "\n", StringComparison.Ordinal).Replace(
            "%AZP25", "%", StringComparison.Ordinal);
}
