using ContainerStages.Contracts;
using ContainerStages.Diagnostics;

namespace ContainerStages.Conventions;

/// <summary>What the last lines of a failed <c>go</c> command mean where the user can do something that the lines do not say.</summary>
internal static class GoFailures
{
    /// <returns>Null where the lines say it well enough.</returns>
    public static Diagnostic? Explain(IReadOnlyList<string> lines, GoModule module, SourceLocation location)
    {
        (string Text, Func<string, Diagnostic> Diagnose)[] known =
        [
            (": executable file not found in $PATH", line => GoDiagnostics.ProgramMissing(line, location)),
            ("go: not found", line => GoDiagnostics.ProgramMissing(line, location)),
            (" requires go >= ", line => GoDiagnostics.GoTooOld(line, location)),
            ("module requires Go ", line => GoDiagnostics.GoTooOld(line, location)),
            ("invalid go version '", line => GoDiagnostics.GoTooOld(line, location)),
            ("unknown directive: toolchain", line => GoDiagnostics.GoTooOld(line, location)),
            ("401 Unauthorized", line => GoDiagnostics.ModuleRefused(line, location)),
            ("403 Forbidden", line => GoDiagnostics.ModuleRefused(line, location)),
            ("terminal prompts disabled", line => GoDiagnostics.ModuleRefused(line, location)),
            ("could not read Username", line => GoDiagnostics.ModuleRefused(line, location)),
            (": no matching files found", line => GoDiagnostics.EmbedMissing(line, location)),
            .. module.CgoEnabled ? [] : ((string, Func<string, Diagnostic>)[])
            [
                ("build constraints exclude all Go files in ", line => GoDiagnostics.NeedsCgo(line, location)),
                ("C source files not allowed when not using cgo", line => GoDiagnostics.NeedsCgo(line, location)),
            ],
        ];
        return known.Select(failure => lines.FirstOrDefault(line => line.Contains(failure.Text, StringComparison.Ordinal)) is { } line
            ? failure.Diagnose(line.Trim())
            : null)
            .FirstOrDefault(diagnostic => diagnostic is not null);
    }
}
