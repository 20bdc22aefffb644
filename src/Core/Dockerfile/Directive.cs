using ContainerStages.Contracts;
using ContainerStages.Diagnostics;

namespace ContainerStages.Dockerfile;

/// <summary>
/// A parser directive, <c># name=value</c> with name syntax, escape or check. Source: Dockerfile reference, Parser directives.
/// </summary>
internal sealed record Directive(string Name, string Value, SourceLocation Location)
{
    /// <summary>What is wrong with the value, or null.</summary>
    public Diagnostic? Problem => Name switch
    {
        "escape" when Value is not ("\\" or "`") => DockerfileDiagnostics.InvalidEscape(Value, Location),
        _ => null,
    };

    /// <summary>Null where the line is something else; then no directive follows it either.</summary>
    public static Directive? TryParse(string line, SourceLocation location)
    {
        var text = line.TrimStart();
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        if (!text.StartsWith('#') || equals < 0)
        {
            return null;
        }

        var name = text[1..equals].Trim().ToLowerInvariant();
        var value = text[(equals + 1)..].Trim();
        return name is "syntax" or "escape" or "check" && value.Length > 0 ? new Directive(name, value, location) : null;
    }
}
