using ContainerStages.Contracts;

namespace ContainerStages.Diagnostics;

/// <summary>What an offline build cannot do (CST52xx).</summary>
public static class OfflineDiagnostics
{
    /// <summary>One thing that is missing; a build gathers them into <see cref="Missing"/>.</summary>
    private const string NetworkNeededCode = "CST5201";

    public static Diagnostic NetworkNeeded(string whose) =>
        new(NetworkNeededCode, Severity.Error, $"The build is offline, but {whose} would have to be asked.");

    public static Diagnostic Missing(IEnumerable<string> missing) =>
        new("CST5202", Severity.Error, $"The build is offline, and the store lacks what it needs:{Lines(missing)}\nWith a network, fetch it first: dotnet msbuild -t:RestoreContainerImages, or dotnet-stages restore with the options of the build.");

    public static Diagnostic CannotPush(IEnumerable<string> destinations) =>
        new("CST5203", Severity.Error, $"The build is offline, and these destinations are registries:{Lines(destinations)}\nPublish to an archive or a layout folder, or publish with a network.");

    private static string Lines(IEnumerable<string> lines) => string.Concat(lines.Select(line => $"\n  {line}"));

    /// <summary>True where nothing else is wrong than that the build is offline.</summary>
    public static bool IsNetworkNeeded(BuildFailedException failure) => failure.Diagnostics is [{ Code: NetworkNeededCode }];
}
