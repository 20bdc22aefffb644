using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Posix;

namespace ContainerStages.Engines;

/// <summary>
/// Docker with BuildKit: <c>docker buildx build</c> where buildx is there, else <c>docker build</c> of a client that has BuildKit's inside,
/// which newer ones do not. DOCKER_HOST and the client's contexts say which daemon it is.
/// </summary>
internal sealed class DockerBuilder : IRemoteBuilder
{
    private const string Program = "docker";
    private const int FirstWithoutClient = 23;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private bool? hasBuildx;
    private string? context;

    public string Name => Program;

    public bool WorkdirIsOfUser => true;

    public async Task<EngineProbe> ProbeAsync(CancellationToken cancellationToken)
    {
        ProgramEnd? asked;
        try
        {
            asked = await RemoteProgram.AskAsync(Question(["version", "--format", "{{json .}}"]), Patience, cancellationToken);
        }
        catch (TimeoutException silence)
        {
            return new EngineProbe(RemoteDiagnostics.NotAnswering(Name, silence.Message));
        }

        if (asked is not { } version)
        {
            return new EngineProbe(RemoteDiagnostics.NotInstalled(Name, Program));
        }

        var (client, server) = ReadVersions(version.Output);
        if (server is null)
        {
            return new EngineProbe(
                EngineFaults.Find(Name, version.Error, began: false) ?? RemoteDiagnostics.NotAnswering(
                    Name,
                    EngineFaults.LastLine(version.Error)),
                client ?? "");
        }

        await FindBuildxAsync(cancellationToken);
        var shown = $"{server}{(hasBuildx == true ? " with buildx" : "")}";
        return hasBuildx == true || MajorOf(client) < FirstWithoutClient
            ? new EngineProbe(null, shown) { Lacks = Lacks(hasBuildx == true) }
            : new EngineProbe(
                RemoteDiagnostics.CannotBuild(
                    Name,
                    $"its client {client} builds with the plugin buildx, which is not there",
                    "Install it (the package docker-buildx-plugin or docker-buildx)."),
                shown);
    }

    public async Task BuildAsync(RemoteBuild build, StageProgress progress, CancellationToken cancellationToken)
    {
        if (build.Commands.NoNewPrivileges)
        {
            throw new BuildFailedException(RemoteDiagnostics.Lacks(Name, "commands without new privileges", null));
        }

        await FindBuildxAsync(cancellationToken);
        if (hasBuildx == false && build.Commands is not { Ulimits.Count: 0, ShmSize: null })
        {
            throw new BuildFailedException(RemoteDiagnostics.Lacks(Name, "limits of commands without the plugin buildx", null));
        }

        await (build.IsImage
            ? BuilderRuns.SaveImageAsync(
                Name,
                "containerstages",
                image => RunAsync(["--tag", image, .. hasBuildx == true ? (string[])["--load"] : []]),
                AskAsync,
                image => ["image", "save", "--output", build.Result, image],
                ["image", "rm"],
                cancellationToken)
            : RunAsync(BuilderRuns.FilesOutput(build)));

        Task RunAsync(string[] output)
        {
            var start = Start(build, output);
            return BuilderRuns.RunAsync(Name, start, build, new BuildKitLog(progress), progress, cancellationToken);
        }
    }

    private ProcessStartInfo Start(RemoteBuild build, string[] output)
    {
        string[] command = hasBuildx == true ? ["buildx", "build", .. context is null ? (string[])[] : ["--builder", context]] : ["build"];
        string[] allowed = hasBuildx == true && build.Commands.AllowsInsecure() ? ["--allow", EntitlementNames.Insecure] : [];
        var start = BuilderArguments.Start(
            Program,
            [.. command, "--progress", "plain"],
            build,
            [.. allowed, .. BuilderArguments.HostName(build), .. output]);
        BuilderArguments.SetForBuildKit(start);
        return start;
    }

    private async Task FindBuildxAsync(CancellationToken cancellationToken)
    {
        if (hasBuildx is null)
        {
            hasBuildx = await AskAsync(["buildx", "version"], cancellationToken) is { ExitCode: 0 };

            // The builder of the daemon itself has the name of the context; the user may have chosen another.
            context = await AskAsync(["context", "show"], cancellationToken) is { ExitCode: 0 } shown ? shown.Output.Trim() : null;
        }
    }

    private static Task<ProgramEnd?> AskAsync(IEnumerable<string> arguments, CancellationToken cancellationToken) =>
        HostProgram.RunAsync(Question(arguments), cancellationToken);

    private static ProcessStartInfo Question(IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(Program, arguments);
        BuilderArguments.SetForBuildKit(start);
        return start;
    }

    private static ImmutableArray<string> Lacks(bool hasBuildx) =>
    [
        "no-new-privileges", "bases outside of registries",
        .. hasBuildx ? (string[])[] : ["RUN --network and --security", "COPY --parents and --exclude from a stage", "limits"],
    ];

    private static int MajorOf(string? version) =>
        int.TryParse(version?.Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var major) ? major : 0;

    private static (string? Client, string? Server) ReadVersions(string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            return (VersionOf(json.RootElement, "Client"), VersionOf(json.RootElement, "Server"));
        }
        catch (JsonException)
        {
            return (null, null);
        }
    }

    private static string? VersionOf(JsonElement versions, string side) =>
        versions.TryGetProperty(side, out var part)
            && part.ValueKind == JsonValueKind.Object
            && part.TryGetProperty("Version", out var version)
            ? version.GetString()
            : null;
}
