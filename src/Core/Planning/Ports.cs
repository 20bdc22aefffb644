using System.Globalization;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;

namespace ContainerStages.Planning;

/// <summary>
/// The arguments of EXPOSE: <c>[[address:]port-of-host:]port[/protocol]</c>, each port a number or a range. An image knows nothing of its
/// host, so that only the last port counts; a build check warns of the others. Source: Dockerfile reference, EXPOSE; limits as in BuildKit.
/// </summary>
internal static class Ports
{
    /// <summary><c>port/protocol</c> for each port of the container.</summary>
    /// <exception cref="BuildFailedException">The text is no port.</exception>
    public static IEnumerable<string> Read(string text, SourceLocation location)
    {
        var parts = text.Split(':');
        var (port, protocol) = SplitProtocol(parts[^1]);
        return Range(port) is { } wanted && protocol is "tcp" or "udp" or "sctp" && IsHost(parts[..^1], wanted)
            ? Enumerable.Range(wanted.First, wanted.Count).Select(number => $"{number}/{protocol}")
            : throw new BuildFailedException(PlanDiagnostics.BadPort(text, location));
    }

    private static (string Port, string Protocol) SplitProtocol(string text) => text.Split('/', 2) switch
    {
        [var port, { Length: > 0 } protocol] => (port, protocol.ToLowerInvariant()),
        var parts => (parts[0], "tcp"),
    };

    /// <summary>The host's ports are as many as the container's, or any of them takes the one.</summary>
    private static bool IsHost(string[] parts, (int First, int Count) wanted)
    {
        var port = parts.LastOrDefault() ?? "";
        var address = string.Join(':', parts.SkipLast(1));
        return (address.Length == 0 || IsAddress(address))
            && (port.Length == 0 || (Range(port) is { } given && (given.Count == wanted.Count || wanted.Count == 1)));
    }

    private static bool IsAddress(string text)
    {
        var isBracketed = text.StartsWith('[') && text.EndsWith(']');
        return Uri.CheckHostName(isBracketed ? text[1..^1] : text) is UriHostNameType.IPv4 or UriHostNameType.IPv6
            && (text.Contains(':', StringComparison.Ordinal) || text.Count(letter => letter == '.') == 3);
    }

    private static (int First, int Count)? Range(string text)
    {
        var ends = text.Split('-');
        return ends.Length <= 2 && TryNumber(ends[0], out var first) && TryNumber(ends[^1], out var last) && last >= first
            ? (first, last - first + 1)
            : null;
    }

    private static bool TryNumber(string text, out ushort number) =>
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
