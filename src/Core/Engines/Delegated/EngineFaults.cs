using ContainerStages.Contracts;
using ContainerStages.Diagnostics;

namespace ContainerStages.Engines;

/// <summary>What the messages of engines mean, where they say that the engine itself is at fault.</summary>
internal static class EngineFaults
{
    private static readonly string[] Refused =
    [
        "permission denied while trying to connect",
        "got permission denied",
        "dial unix",
        "connect: permission denied",
    ];

    private static readonly string[] Absent =
    [
        "cannot connect to the docker daemon", "is the docker daemon running", "connection refused", "no such host",
        "connect: no such file or directory", "i/o timeout", "failed to connect to the docker api",
    ];

    private static readonly string[] Gone =
    [
        "code = unavailable",
        "error reading from server",
        "unexpected eof",
        "connection reset by peer",
        "closing transport",
        "transport is closing",
        "use of closed network connection",
        "broken pipe",
    ];

    /// <param name="engine">For the message.</param>
    /// <param name="text">What it wrote.</param>
    /// <param name="began">True where it had begun to build.</param>
    public static Diagnostic? Find(string engine, string text, bool began)
    {
        var line = LastLine(text);
        if (Has(text, ["permission denied"]) && Has(text, Refused))
        {
            return RemoteDiagnostics.NoPermission(engine, line);
        }

        return began && (Has(text, Gone) || Has(text, Absent)) ? RemoteDiagnostics.Lost(engine, line)
            : Has(text, Absent) ? RemoteDiagnostics.NotAnswering(engine, line)
            : null;
    }

    /// <summary>The last line that says something, as a sentence.</summary>
    public static string LastLine(string text)
    {
        var line = text.Split(
            '\n',
            StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault() ?? "it wrote nothing";
        return TerminalText.Uncoloured(line[^1] is '.' or '?' or '!' ? line : line + ".");
    }

    private static bool Has(string text, string[] words) => words.Any(word => text.Contains(word, StringComparison.OrdinalIgnoreCase));
}
