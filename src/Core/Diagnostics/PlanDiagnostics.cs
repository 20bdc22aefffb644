using ContainerStages.Contracts;

namespace ContainerStages.Diagnostics;

/// <summary>What can be wrong with the instructions of a stage once their words are expanded (CST31xx).</summary>
internal static class PlanDiagnostics
{
    public static Diagnostic BadPort(string port, SourceLocation location) =>
        new(
            "CST3101",
            Severity.Error,
            $"EXPOSE {port}: a port is a number from 0 to 65535 or a range such as 8000-8010, with /tcp, /udp or /sctp behind it.",
            location);

    public static Diagnostic EmptyValue(string instruction, string written, SourceLocation location) =>
        new(
            "CST3102",
            Severity.Error,
            $"{instruction} needs a value, but '{written}' is empty once its variables are replaced. Give the variable a " +
            "value with ARG, ENV or --build-arg; in a project, with a ContainerStageBuildArg item.",
            location);

    public static Diagnostic UnusedBuildArgs(IEnumerable<string> names) =>
        new(
            "CST3104",
            Severity.Warning,
            $"No ARG takes the build arguments {string.Join(", ", names.Select(name => $"'{name}'"))}. Declare them with ARG in the " +
            "stage that uses them, or do not pass them.");

    public static Diagnostic BadPlatform(string platform, SourceLocation? location) =>
        new(
            "CST3105",
            Severity.Error,
            $"'{platform}' is not a platform of the form os/architecture[/variant], such as linux/amd64 or linux/arm/v7.",
            location);

    public static Diagnostic BadEpoch(string value) =>
        new(
            "CST3106",
            Severity.Error,
            $"SOURCE_DATE_EPOCH is '{value}', not a number of seconds since 1970. Write one, for example that of git log -1 " +
            "--format=%ct, or leave it out.");

    public static Diagnostic BadHostName(string name) =>
        new(
            "CST3108",
            Severity.Error,
            $"BUILDKIT_SANDBOX_HOSTNAME is '{name}', which is no host name. Write at most 64 letters, digits, dashes, " +
            "underscores and dots, or leave it out.");

    public static Diagnostic UnknownSignal(string signal, SourceLocation location) =>
        new(
            "CST3107",
            Severity.Error,
            $"STOPSIGNAL {signal}: no signal has that name. Write one such as SIGTERM or SIGRTMIN+3, or its number.",
            location);
}
