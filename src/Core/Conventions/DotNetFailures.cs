using ContainerStages.Contracts;
using ContainerStages.Diagnostics;

namespace ContainerStages.Conventions;

/// <summary>What the last lines of a failed <c>dotnet</c> command mean where the user can do something that the lines do not say.</summary>
internal static class DotNetFailures
{
    /// <returns>Null where the lines say it well enough.</returns>
    public static Diagnostic? Explain(IReadOnlyList<string> lines, DotNetApplication application, SourceLocation location)
    {
        (string Text, Func<string, Diagnostic> Diagnose)[] known =
        [
            ("dotnet: not found", _ => DotNetDiagnostics.NoSdk(application.BuilderImage, location)),
            ("dotnet: command not found", _ => DotNetDiagnostics.NoSdk(application.BuilderImage, location)),
            ("NETSDK1147", line => DotNetDiagnostics.WorkloadMissing(line, location)),
            ("linker ('", line => DotNetDiagnostics.LinkerMissing(line, application.BuilderImage, location)),
            ("NETSDK1045", line => DotNetDiagnostics.SdkTooOld(line, location)),
            ("compatible .NET SDK was not found", line => DotNetDiagnostics.SdkTooOld(line, location)),
            ("MSB4019: The imported project \"/src/", line => DotNetDiagnostics.FileNotThere(line, location)),
            ("git: not found", line => DotNetDiagnostics.NoGit(line, application.BuilderImage, location)),
            ("git: command not found", line => DotNetDiagnostics.NoGit(line, application.BuilderImage, location)),
            ("MINVER1007", line => DotNetDiagnostics.NoGit(line, application.BuilderImage, location)),
            ("401 (", line => DotNetDiagnostics.FeedRefused(line, location)),
            ("403 (", line => DotNetDiagnostics.FeedRefused(line, location)),
        ];
        return known.Select(failure => Find(lines, failure.Text) is { } line ? failure.Diagnose(line) : null)
            .FirstOrDefault(diagnostic => diagnostic is not null);
    }

    /// <summary>Why the tools for native code could not be added to the builder: its last line says it.</summary>
    public static Diagnostic ExplainInstallation(IReadOnlyList<string> lines, DotNetToolchain toolchain, SourceLocation location) =>
        DotNetDiagnostics.ToolchainNotInstalled(
            toolchain.BuilderImage,
            toolchain.RuntimeIdentifier,
            toolchain.NeededTools,
            lines.LastOrDefault(line => line.Trim().Length > 0)?.Trim() ?? "",
            location);

    private static string? Find(IReadOnlyList<string> lines, string text) =>
        lines.FirstOrDefault(line => line.Contains(text, StringComparison.Ordinal))?.Trim();
}
