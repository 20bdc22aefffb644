using ContainerStages.Contracts;

namespace ContainerStages.Diagnostics;

/// <summary>What can go wrong where an OCI runtime starts the commands of the embedded engine: CST4036 to CST4040.</summary>
internal static class RuntimeDiagnostics
{
    public static Diagnostic Missing(string runtime) => Error(
        "CST4036",
        $"There is no program '{runtime}' in PATH, which {Setting(runtime)} needs. " +
        $"Install it (on Debian and Ubuntu: apt-get install {runtime}), {Otherwise}");

    public static Diagnostic Unusable(string runtime, string path, string detail) => Error(
        "CST4037",
        $"'{path}', which {Setting(runtime)} needs, does not run: " +
        $"'{path} --version' tells no version ({OneLine.Of(detail.Trim())}). Install it anew, {Otherwise}");

    public static Diagnostic TooOld(string runtime, string path, string version, string oldest) => Error(
        "CST4038",
        $"'{path}' is version {version}, but {Setting(runtime)} needs {oldest} or later. Update it, {Otherwise}");

    public static Diagnostic Refused(string path, string program, string reason) => Error(
        "CST4039",
        $"'{path}' did not start '{program}' for a RUN step: {OneLine.Of(reason)}. " +
        "Change what it names, or see what ContainerStagesSandbox (--sandbox) 'namespaces' does with the step.");

    public static Diagnostic IsNotFor(string engine, string runtime) => Error(
        "CST4040",
        $"{Setting(runtime)} belongs to the embedded engine, but the engine is '{engine}'. " +
        "Leave out one of the two (ContainerStagesEngine, --engine).");

    private const string Otherwise = "or leave it at 'auto', which needs no other program.";

    private static string Setting(string runtime) => $"ContainerStagesSandbox (--sandbox) '{runtime}'";

    private static Diagnostic Error(string code, string message) => new(code, Severity.Error, message);
}
