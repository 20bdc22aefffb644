using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Dockerfile;

namespace ContainerStages.Engines;

/// <summary>One BuildKit: a builder of the user's, or a daemon by its address.</summary>
internal sealed class BuildKitNode
{
    private readonly string? certificates;
    private readonly BuildKitDial? dial;

    /// <param name="address">Null for the current builder of buildx.</param>
    /// <param name="certificates">Folder of the files for TLS; null for none.</param>
    public BuildKitNode(EngineAddress? address, string? certificates)
    {
        Address = address;
        this.certificates = address is { IsTcp: true } ? certificates : null;
        dial = address?.Daemon is { Scheme: "tcp" or "unix" } daemon ? new BuildKitDial(address.Text, daemon, this.certificates) : null;
    }

    public EngineAddress? Address { get; }

    private string Shown => Address is null ? "the current builder of buildx" : $"'{Address.Text}'";

    /// <summary>Finds out what it can.</summary>
    /// <exception cref="BuildFailedException">It does not work.</exception>
    public async Task<BuilderState> FindAsync(BuildxProgram buildx, CancellationToken cancellationToken)
    {
        if (dial is not null)
        {
            await dial.CheckAsync(cancellationToken);
        }

        try
        {
            using var builder = await BuildxBuilder.OpenAsync(buildx, Address, certificates, cancellationToken);
            var end = await builder.InspectAsync(cancellationToken);
            var read = BuilderState.Read(end.Output);
            var problem = end.ExitCode != 0 ? Refusal(EngineFaults.LastLine(end.Error)) : FindProblem(read);
            return problem is null ? read : throw new BuildFailedException(problem);
        }
        catch (TimeoutException silence)
        {
            throw new BuildFailedException(Refusal(silence.Message));
        }
    }

    /// <exception cref="BuildFailedException">A step failed, or the builder did.</exception>
    public async Task BuildAsync(BuildxProgram buildx, RemoteBuild build, StageProgress progress, CancellationToken cancellationToken)
    {
        using var builder = await BuildxBuilder.OpenAsync(buildx, Address, certificates, cancellationToken);
        string[] output = build.IsImage
            ? ["--output", CommaSeparated.Join(["type=docker", $"dest={build.Result}"])]
            : BuilderRuns.FilesOutput(build);
        IEnumerable<string> allowed = build.Commands.Allow.SelectMany(name => (string[])["--allow", name]);

        // A daemon's own network is there for everybody; the network of its machine has to be allowed, here and there.
        var network = build.Commands.Allow.Contains(EntitlementNames.HostNetwork) ? "host" : "default";
        var start = builder.StartBuild(build, [.. allowed, .. BuilderArguments.HostName(build), .. output], network);
        IEngineLog log = buildx.HasJson ? new BuildKitJsonLog(progress) : new BuildKitLog(progress);
        try
        {
            await BuilderRuns.RunAsync(
                EngineNames.BuildKit,
                start,
                build,
                log,
                progress,
                cancellationToken,
                text => Explain(text, log.HasBegun));
        }
        catch (BuildFailedException) when (dial is not null && log.HasBegun)
        {
            await RequireDaemonAsync(dial, cancellationToken);
            throw;
        }
    }

    /// <summary>A step that ended because its daemon did is not to blame.</summary>
    private async Task RequireDaemonAsync(BuildKitDial daemon, CancellationToken cancellationToken)
    {
        try
        {
            await daemon.CheckAsync(cancellationToken);
        }
        catch (BuildFailedException gone)
        {
            throw new BuildFailedException(RemoteDiagnostics.Lost(EngineNames.BuildKit, $"{Shown} does not answer any more."), gone);
        }
    }

    private Diagnostic? FindProblem(BuilderState read) =>
        Address?.Daemon is not null
            ? read.IsRunning ? null : BuildKitDiagnostics.NotAnswering(Address.Text, read.Error ?? "it is not running.")
        : read.Error is { } error ? BuildKitDiagnostics.CannotUse(Shown, EngineFaults.LastLine(error))
        : read.Driver == "docker" ? BuildKitDiagnostics.CannotUse(Shown, "it is the one of Docker, which is the engine 'docker'.")
        : null;

    private Diagnostic Refusal(string detail) =>
        Address is null ? BuildKitDiagnostics.CannotUse(Shown, detail)
        : Address.Daemon is not null ? BuildKitDiagnostics.NotAnswering(Address.Text, detail)
        : detail.Contains("no builder", StringComparison.Ordinal) ? BuildKitDiagnostics.NoBuilder(Address.Text)
        : BuildKitDiagnostics.CannotUse(Shown, detail);

    /// <summary>What went wrong before anything was built belongs to the address.</summary>
    private Diagnostic? Explain(string text, bool began) =>
        !began && Address?.Daemon is not null && EngineFaults.Find(EngineNames.BuildKit, text, began: false) is not null
            ? BuildKitDiagnostics.NotAnswering(Address.Text, EngineFaults.LastLine(text))
            : null;
}
