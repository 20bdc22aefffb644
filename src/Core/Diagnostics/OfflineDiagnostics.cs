using ContainerStages.Contracts;

namespace ContainerStages.Diagnostics;

/// <summary>What an offline build cannot do (CST52xx).</summary>
internal static class OfflineDiagnostics
{
    /// <summary>One thing that is missing; a build gathers them into <see cref="Missing"/>.</summary>
    internal static Diagnostic NetworkNeeded(string whose) =>
        new("CST5201", Severity.Error, $"The build is offline, but {whose} would have to be asked.");

    public static Diagnostic Missing(IEnumerable<string> missing) =>
        new(
            "CST5202",
            Severity.Error,
            $"The build is offline, and the store lacks what it needs:{Lines(missing)}\nWith a network, fetch it first: dotnet msbuild " +
            "-t:RestoreContainerImages, or dotnet-stages restore with the options of the build.");

    public static Diagnostic CannotPush(IEnumerable<string> destinations) =>
        new(
            "CST5203",
            Severity.Error,
            $"The build is offline, and these destinations are registries:{Lines(destinations)}\nPublish to an archive or a layout " +
            "folder, or publish with a network.");

    private static string Lines(IEnumerable<string> lines) => string.Concat(lines.Select(line => $"\n  {line}"));
}

/// <summary>
/// Something would have to be asked, and the build is offline. <paramref name="whose"/>: the server or address, for the message.
/// </summary>
internal sealed class NetworkNeededException(string whose) : BuildFailedException(OfflineDiagnostics.NetworkNeeded(whose));
