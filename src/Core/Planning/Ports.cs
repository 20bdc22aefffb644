using System.Globalization;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;

namespace ContainerStages.Planning;

/// <summary>The arguments of EXPOSE. Source: Dockerfile reference, EXPOSE.</summary>
internal static class Ports
{
    /// <summary><c>port/protocol</c> for each port of <c>port[-port][/protocol]</c>.</summary>
    /// <exception cref="BuildFailedException">The text is no port.</exception>
    public static IEnumerable<string> Read(string text, SourceLocation location)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var protocol = slash < 0 ? "tcp" : text[(slash + 1)..].ToLowerInvariant();
        var range = (slash < 0 ? text : text[..slash]).Split('-');
        if (protocol is not ("tcp" or "udp" or "sctp") || range.Length > 2 || !TryNumber(range[0], out var first) || !TryNumber(range[^1], out var last) || last < first)
        {
            throw new BuildFailedException(PlanDiagnostics.BadPort(text, location));
        }

        return Enumerable.Range(first, last - first + 1).Select(port => $"{port}/{protocol}");
    }

    private static bool TryNumber(string text, out ushort number) =>
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number > 0;
}
