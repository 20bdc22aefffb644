using System.Diagnostics;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Planning;
using ContainerStages.Posix;

namespace ContainerStages.Engines;

/// <summary>podman, or buildah where only that is there: the same builder in two programs.</summary>
internal sealed class PodmanBuilder : IRemoteBuilder
{
    private string? program;

    public string Name => "podman";

    public bool WorkdirIsOfUser => false;

    public async Task<EngineProbe> ProbeAsync(CancellationToken cancellationToken)
    {
        foreach (var name in (string[])["podman", "buildah"])
        {
            if (await AskAsync(name, ["--version"], cancellationToken) is not { } version)
            {
                continue;
            }

            program = name;
            var shown = VersionOf(name, version.Output);
            return await AskAsync(name, ["info"], cancellationToken) is { } info && FindProblem(info) is { } problem
                ? new EngineProbe(problem, shown)
                : new EngineProbe(null, shown) { Lacks = ["RUN --security", "bases outside of registries", "COPY --parents from a stage"] };
        }

        return new EngineProbe(RemoteDiagnostics.NotInstalled(Name, "podman"));
    }

    /// <param name="program">buildah is named, since the engine has the name of the other.</param>
    /// <param name="output">As <c>podman version 4.3.1</c>; what follows the third word are versions of formats.</param>
    private static string VersionOf(string program, string output)
    {
        var version = output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).ElementAtOrDefault(2) ?? "";
        return program == "podman" ? version : $"{program} {version}";
    }

    public async Task BuildAsync(RemoteBuild build, StageProgress progress, CancellationToken cancellationToken)
    {
        if (program is null && await ProbeAsync(cancellationToken) is { Problem: { } problem })
        {
            throw new BuildFailedException(problem);
        }

        var image = build.IsImage ? $"localhost/containerstages-{Guid.NewGuid():N}:build" : null;
        try
        {
            await RunAsync(build, image, progress, cancellationToken);
            if (image is not null)
            {
                await SaveAsync(image, build.Result, cancellationToken);
            }
        }
        finally
        {
            if (image is not null)
            {
                await AskAsync(program!, ["rmi", image], CancellationToken.None);
            }
        }
    }

    private async Task RunAsync(RemoteBuild build, string? image, StageProgress progress, CancellationToken cancellationToken)
    {
        string[] output = image is null
            ? ["--output", Dockerfile.CommaSeparated.Join(["type=tar", $"dest={build.Result}"])]
            : ["--tag", image];
        string[] privileges = build.Commands.NoNewPrivileges ? ["--security-opt", "no-new-privileges"] : [];

        // Its cache does not see the files of bind mounts: a command would be taken from it although they changed.
        var readsMounts = build.Text.Stages.SelectMany(stage => stage.Lines).Any(
            line => line.Step is RunStep run && run.Mounts.Any(mount => mount is PlannedBind or PlannedScript));
        var start = BuilderArguments.Start(
            program!,
            ["build", "--layers"],
            build with { NoCache = build.NoCache || readsMounts },
            [.. privileges, .. output]);
        var log = new PodmanLog(progress);
        var code = await RemoteProgram.RunAsync(start, build.WriteContext, log.Read, cancellationToken)
            ?? throw new BuildFailedException(RemoteDiagnostics.NotInstalled(Name, "podman"));
        if (code != 0)
        {
            throw progress.Failure(Name, code, text => EngineFaults.Find(Name, text, began: log.HasBegun));
        }

        log.Complete();
    }

    private async Task SaveAsync(string image, string file, CancellationToken cancellationToken)
    {
        string[] arguments = program == "podman"
            ? ["save", "--format", "docker-archive", "--output", file, image]
            : ["push", image, $"docker-archive:{file}:{image}"];
        if (await AskAsync(program!, arguments, cancellationToken) is not { ExitCode: 0 })
        {
            throw new BuildFailedException(RemoteDiagnostics.BadResult(Name, "its image cannot be saved"));
        }
    }

    private Diagnostic? FindProblem(ProgramEnd info) =>
        info.ExitCode != 0 ? EngineFaults.Find(Name, info.Error, began: false) ?? RemoteDiagnostics.NotAnswering(
            Name,
            EngineFaults.LastLine(info.Error))
        : info.Error.Contains("single mapping", StringComparison.Ordinal) ? RemoteDiagnostics.CannotBuild(
            Name,
            "this user has no subordinate ids, without which images with files of several users cannot be unpacked",
            "As root: usermod --add-subuids 100000-165535 --add-subgids 100000-165535 USER (take a range that no other line of " +
            "/etc/subuid uses).")
        : null;

    private static Task<ProgramEnd?> AskAsync(string name, IEnumerable<string> arguments, CancellationToken cancellationToken) =>
        HostProgram.RunAsync(new ProcessStartInfo(name, arguments), cancellationToken);
}
