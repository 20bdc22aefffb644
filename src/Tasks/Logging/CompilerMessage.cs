using System.Text.RegularExpressions;
using ContainerStages.Contracts;

namespace ContainerStages.Tasks.Logging;

/// <summary>
/// A message of a compiler, read from a line that a RUN wrote. <see cref="Path"/> is as the compiler wrote it, in the container;
/// <see cref="Line"/> is 0 where the line names none; <see cref="Severity"/> is null where the line names none (Go never does: its messages
/// are errors exactly when the command fails); <see cref="Project"/> is the project that MSBuild writes behind its messages, or nothing.
/// </summary>
public sealed partial record CompilerMessage(
    string Path,
    int Line,
    int Column,
    Severity? Severity,
    string Code,
    string Text,
    string Project = "")
{
    /// <summary>
    /// Reads <c>path:line[:column]: [error|warning:] text</c> (Go, C, Rust's short form), <c>path(line[,column]): error CODE: text</c>
    /// (MSBuild, C#) or <c>path : error CODE: text</c> (MSBuild, of a whole project); null for any other line.
    /// </summary>
    public static CompilerMessage? Parse(string line) =>
        Read(Colons().Match(line)) ?? Read(Parentheses().Match(line)) ?? OfProject(NoPlace().Match(line));

    /// <summary>True for a line that goes on with the message before it: Go and others indent those with a tab.</summary>
    public static bool Continues(string line) => line.StartsWith('\t') && line.Trim().Length > 0;

    private static CompilerMessage? Read(Match match) =>
        match.Success && int.TryParse(match.Groups["line"].ValueSpan, out var line) && line > 0 ? Create(match, line) : null;

    // "CSC : error CS5001: ... [/src/app.csproj]" and "/src/app.csproj : error NU1101: ...": without a project behind it, the path is one.
    private static CompilerMessage? OfProject(Match match) =>
        match.Success && Create(match, line: 0) is var message && (message.Project.Length > 0 || IsProject(message.Path))
            ? message with { Project = message.Project.Length > 0 ? message.Project : message.Path }
            : null;

    private static CompilerMessage Create(Match match, int line)
    {
        _ = int.TryParse(match.Groups["column"].ValueSpan, out var column);
        Severity? severity = match.Groups["severity"].Value.ToUpperInvariant() switch
        {
            "ERROR" or "FATAL ERROR" => Contracts.Severity.Error,
            "WARNING" => Contracts.Severity.Warning,
            _ => null,
        };
        return new CompilerMessage(
            match.Groups["path"].Value,
            line,
            column,
            severity,
            match.Groups["code"].Value,
            match.Groups["text"].Value.Trim(),
            match.Groups["project"].Value);
    }

    private static bool IsProject(string path) => path.StartsWith('/') && path.EndsWith("proj", StringComparison.OrdinalIgnoreCase);

    // Severity, code and text, and the project that MSBuild appends.
    private const string Problem =
        @"(?<severity>error|warning) (?<code>[A-Za-z]{1,10}[0-9]{1,6}) ?: (?<text>.*?)(?: \[(?<project>[^\]]+proj)(?:::[^\]]*)?\])?$";

    // A path has an extension and no space at its ends: "2024/01/02 10:11:12: x" and "host:80: refused" are none. "vet: " precedes what go
    // vet finds.
    [GeneratedRegex(
        @"^\s{0,4}(?:vet: )?(?<path>[^\s:()'""][^:()'""]*\.[A-Za-z][A-Za-z0-9]*):(?<line>[0-9]{1,7})(?::(?<column>[0-9]{1,5}))?: " +
        @"(?:(?<severity>fatal error|error|warning): )?(?<text>\S.*)$",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Colons();

    [GeneratedRegex(
        @"^\s*(?<path>[^\s:()'""][^:()'""]*\.[A-Za-z][A-Za-z0-9]*)\((?<line>[0-9]{1,7})(?:,(?<column>[0-9]{1,5}))?(?:,[0-9]+,[0-9]+)?\): " +
        Problem,
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Parentheses();

    [GeneratedRegex(
        @"^\s*(?<path>[^\s:()'""][^:()'""]*?) ?: " + Problem,
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NoPlace();
}
