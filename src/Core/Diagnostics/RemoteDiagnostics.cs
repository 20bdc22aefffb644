using ContainerStages.Contracts;

namespace ContainerStages.Diagnostics;

/// <summary>What can go wrong with engines other than the embedded one (CST6400 to CST6429).</summary>
internal static class RemoteDiagnostics
{
    public static Diagnostic NotInstalled(string engine, string program) => Error(
        "CST6400",
        $"The engine '{engine}' needs the program '{program}', which is not in PATH. Install it, or choose another engine " +
        "(ContainerStagesEngine, --engine): 'dotnet-stages engines' prints what is here.");

    public static Diagnostic NotAnswering(string engine, string detail) => Error(
        "CST6401",
        $"The engine '{engine}' does not answer: {detail} Start it, or name where it is (DOCKER_HOST, 'docker context use').");

    public static Diagnostic NoPermission(string engine, string detail) => Error(
        "CST6402",
        $"This user may not talk to the engine '{engine}': {detail} Add the user to the group of the socket ('docker', and log in " +
        "again), use its rootless mode, or choose another engine.");

    public static Diagnostic CannotBuild(string engine, string what, string next) =>
        Error("CST6403", $"The engine '{engine}' cannot build here: {what}. {next}");

    public static Diagnostic Lacks(string engine, string what, SourceLocation? location) => Error(
        "CST6404",
        $"The engine '{engine}' has nothing like {what}. Use ContainerStagesEngine=embedded (--engine embedded) for this build.",
        location);

    public static Diagnostic Lost(string engine, string detail) => Error(
        "CST6405",
        $"The engine '{engine}' went away in the middle of the build: {detail} Nothing was published. See that it runs, and build " +
        "again: what it had done is in its cache.");

    public static Diagnostic StepFailed(string engine, string step, string message, SourceLocation location) =>
        Error("CST6406", $"'{step}' failed in the engine '{engine}': {Sentence(message)}", location);

    /// <param name="lastLines">The end of what it wrote.</param>
    public static Diagnostic EngineFailed(string engine, int exitCode, IEnumerable<string> lastLines)
    {
        var lines = string.Concat(lastLines.Select(line => Environment.NewLine + "  | " + TerminalText.Uncoloured(line)));
        return Error("CST6407", $"The engine '{engine}' failed with exit code {exitCode}. Its last output:{lines}");
    }

    public static Diagnostic BadResult(string engine, string what) => Error(
        "CST6409",
        $"What the engine '{engine}' gave back is not what was asked for: {what}. Build again without its cache " +
        "(ContainerStagesNoCache=true, --no-cache), or with another engine.");

    public static Diagnostic LargeContext(string engine, long bytes, string largest, long largestBytes) => new(
        "CST6423",
        Severity.Warning,
        $"{ByteSize.Format(bytes)} of files go to the engine '{engine}', which takes its time. The largest is '{largest}' with " +
        $"{ByteSize.Format(largestBytes)}. Leave out what no step needs: with .dockerignore, or with a COPY that names less.");

    private static string Sentence(string text) => text.TrimEnd() is var trimmed && trimmed.EndsWith('.') ? trimmed : trimmed + ".";

    private static Diagnostic Error(string code, string message, SourceLocation? location = null) =>
        new(code, Severity.Error, message, location);
}
