using System.Collections.Immutable;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Dockerfile;

namespace ContainerStages.Engines;

/// <summary>BuildKit through buildx: a builder of the user's, or a daemon by its address.</summary>
/// <param name="address">Null for the current builder of buildx.</param>
/// <param name="certificates">Folder of the files for TLS; null for none.</param>
internal sealed class BuildKitBuilder(EngineAddress? address, string? certificates) : IRemoteBuilder
{
    private const string HostNetwork = "network.host";
    private BuildxProgram? buildx;
    private BuilderState? state;

    public string Name => EngineNames.BuildKit;

    public bool WorkdirIsOfUser => true;

    private string Shown => address is null ? "the current builder of buildx" : $"'{address.Text}'";

    public async Task<EngineProbe> ProbeAsync(CancellationToken cancellationToken)
    {
        try
        {
            state = await FindAsync(cancellationToken);
            return new EngineProbe(null, VersionOf(state)) { Lacks = ["no-new-privileges", "bases outside of registries"] };
        }
        catch (BuildFailedException failure)
        {
            return new EngineProbe(failure.Diagnostics[0], buildx is null ? "" : $"buildx {buildx.Shown}");
        }
    }

    public async Task BuildAsync(RemoteBuild build, StageProgress progress, CancellationToken cancellationToken)
    {
        if (build.Commands.NoNewPrivileges)
        {
            throw new BuildFailedException(RemoteDiagnostics.Lacks(Name, "commands without new privileges", null));
        }

        state ??= await FindAsync(cancellationToken);
        if (build.RunsOn.FirstOrDefault(platform => !state.Runs(platform)) is { } lacking)
        {
            throw new BuildFailedException(BuildKitDiagnostics.NoPlatform(lacking, state.Platforms));
        }

        using var builder = await BuildxBuilder.OpenAsync(buildx!, address, certificates, cancellationToken);
        string[] output = build.IsImage
            ? ["--output", CommaSeparated.Join(["type=docker", $"dest={build.Result}"])]
            : BuilderRuns.FilesOutput(build);
        IEnumerable<string> allowed = build.Commands.Allow.SelectMany(name => (string[])["--allow", name]);

        // A daemon's own network is there for everybody; the network of its machine has to be allowed, here and there.
        var network = build.Commands.Allow.Contains(HostNetwork) ? "host" : "default";
        var start = builder.StartBuild(build, [.. allowed, .. BuilderArguments.HostName(build), .. output], network);
        IEngineLog log = buildx!.HasJson ? new BuildKitJsonLog(progress) : new BuildKitLog(progress);
        await BuilderRuns.RunAsync(Name, start, build, log, progress, cancellationToken, text => Explain(text, log.HasBegun));
    }

    /// <exception cref="BuildFailedException">There is no builder that works.</exception>
    private async Task<BuilderState> FindAsync(CancellationToken cancellationToken)
    {
        buildx ??= await BuildxProgram.FindAsync(cancellationToken) ?? throw new BuildFailedException(BuildKitDiagnostics.NoBuildx());
        if (buildx.Version < BuildxProgram.Oldest)
        {
            throw new BuildFailedException(BuildKitDiagnostics.OldBuildx(buildx.Shown, BuildxProgram.Oldest));
        }

        if (address?.Daemon is { Scheme: "tcp" or "unix" } daemon)
        {
            await new BuildKitDial(address.Text, daemon, certificates).CheckAsync(cancellationToken);
        }

        using var builder = await BuildxBuilder.OpenAsync(buildx, address, certificates, cancellationToken);
        var found = await builder.InspectAsync(cancellationToken);
        if (found is not { ExitCode: 0 } end)
        {
            var why = found is null ? "there was no answer in time." : EngineFaults.LastLine(found.Value.Error);
            throw new BuildFailedException(Refusal(why));
        }

        var read = BuilderState.Read(end.Output);
        return FindProblem(read) is { } problem ? throw new BuildFailedException(problem) : read;
    }

    private Diagnostic? FindProblem(BuilderState read) =>
        address?.Daemon is not null
            ? read.IsRunning ? null : BuildKitDiagnostics.NotAnswering(address.Text, read.Error ?? "it is not running.")
        : read.Error is { } error ? BuildKitDiagnostics.CannotUse(Shown, EngineFaults.LastLine(error))
        : read.Driver == "docker" ? BuildKitDiagnostics.CannotUse(Shown, "it is the one of Docker, which is the engine 'docker'.")
        : null;

    private Diagnostic Refusal(string detail) =>
        address is null ? BuildKitDiagnostics.CannotUse(Shown, detail)
        : address.Daemon is not null ? BuildKitDiagnostics.NotAnswering(address.Text, detail)
        : detail.Contains("no builder", StringComparison.Ordinal) ? BuildKitDiagnostics.NoBuilder(address.Text)
        : BuildKitDiagnostics.CannotUse(Shown, detail);

    /// <summary>What went wrong before anything was built belongs to the address.</summary>
    private Diagnostic? Explain(string text, bool began) =>
        !began && address?.Daemon is not null && EngineFaults.Find(Name, text, began: false) is not null
            ? BuildKitDiagnostics.NotAnswering(address.Text, EngineFaults.LastLine(text))
            : null;

    private string VersionOf(BuilderState found)
    {
        ImmutableArray<string> parts = found.Version.Length == 0 ? [$"buildx {buildx!.Shown}"] : [found.Version, $"buildx {buildx!.Shown}"];
        return string.Join(" with ", parts);
    }
}
