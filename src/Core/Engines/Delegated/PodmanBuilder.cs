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

        await (build.IsImage
            ? BuilderRuns.SaveImageAsync(
                Name,
                "localhost/containerstages",
                image => RunAsync(["--tag", image]),
                (arguments, token) => AskAsync(program!, arguments, token),
                image => program == "podman"
                    ? ["save", "--format", "docker-archive", "--output", build.Result, image]
                    : ["push", image, $"docker-archive:{build.Result}:{image}"],
                ["rmi"],
                cancellationToken)
            : RunAsync(BuilderRuns.FilesOutput(build)));

        async Task RunAsync(string[] output)
        {
            var log = new PodmanLog(progress);
            await BuilderRuns.RunAsync(Name, Start(build, output), build, log, progress, cancellationToken);
            log.Complete();
        }
    }

    private ProcessStartInfo Start(RemoteBuild build, string[] output)
    {
        string[] privileges = build.Commands.NoNewPrivileges ? ["--security-opt", "no-new-privileges"] : [];

        // Its cache does not see the files of bind mounts: a command would be taken from it although they changed.
        var readsMounts = build.Text.Stages.SelectMany(stage => stage.Lines).Any(
            line => line.Step is RunStep run && run.Mounts.Any(mount => mount is PlannedBind or PlannedScript));
        return BuilderArguments.Start(
            program!,
            ["build", "--layers"],
            build with { NoCache = build.NoCache || readsMounts },
            [.. privileges, .. output]);
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
