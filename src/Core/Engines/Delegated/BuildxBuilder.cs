using System.Diagnostics;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Dockerfile;
using ContainerStages.Posix;

namespace ContainerStages.Engines;

/// <summary>
/// A builder of buildx for as long as it is needed. One that the user has stays; for the address of a daemon it is made in a folder of our
/// own, so that the user's builders and the current one among them stay as they are, and goes with the folder.
/// </summary>
internal sealed class BuildxBuilder : IDisposable
{
    private const string OwnName = "containerstages";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly BuildxProgram buildx;
    private readonly string? name;
    private readonly string? folder;

    private BuildxBuilder(BuildxProgram buildx, string? name, string? folder) =>
        (this.buildx, this.name, this.folder) = (buildx, name, folder);

    /// <exception cref="BuildFailedException">buildx refuses the address.</exception>
    public static async Task<BuildxBuilder> OpenAsync(
        BuildxProgram buildx,
        EngineAddress? address,
        string? certificates,
        CancellationToken cancellationToken)
    {
        if (address?.Daemon is null)
        {
            return new BuildxBuilder(buildx, address?.Text, null);
        }

        var builder = new BuildxBuilder(buildx, OwnName, Directory.CreateTempSubdirectory("stages-buildx-").FullName);
        try
        {
            var create = buildx.Start(["create", "--name", OwnName, "--driver", "remote", .. TlsOptions(certificates), address.Text]);
            var end = await HostProgram.RunAsync(builder.Prepare(create), cancellationToken) ?? throw NoBuildx();
            return end.ExitCode == 0
                ? builder
                : throw new BuildFailedException(BuildKitDiagnostics.NotAnswering(address.Text, EngineFaults.LastLine(end.Error)));
        }
        catch
        {
            builder.Dispose();
            throw;
        }
    }

    /// <summary>A build with it; what follows is read from standard input.</summary>
    /// <param name="network">What commands see that may have a network.</param>
    public ProcessStartInfo StartBuild(RemoteBuild build, IEnumerable<string> options, string network) => Prepare(
        BuilderArguments.Start(
            buildx.Program,
            [
                .. buildx.First, "build", .. name is null ? (string[])[] : ["--builder", name],
                "--progress", buildx.HasJson ? "rawjson" : "plain",
            ],
            build,
            options,
            network));

    /// <summary>Asks for its state, without starting it where it is the user's.</summary>
    /// <exception cref="TimeoutException">There is no answer in time.</exception>
    public async Task<ProgramEnd> InspectAsync(CancellationToken cancellationToken)
    {
        string[] options = folder is null ? [] : ["--bootstrap"];
        var start = Prepare(buildx.Start(["inspect", .. options, .. name is null ? (string[])[] : [name]]));
        return await RemoteProgram.AskAsync(start, Patience, cancellationToken) ?? throw NoBuildx();
    }

    public void Dispose()
    {
        if (folder is not null)
        {
            TreeRemover.Remove(folder);
        }
    }

    private static BuildFailedException NoBuildx() => new(BuildKitDiagnostics.NoBuildx());

    private ProcessStartInfo Prepare(ProcessStartInfo start)
    {
        BuilderArguments.SetForBuildKit(start);
        if (folder is not null)
        {
            start.Environment["BUILDX_CONFIG"] = folder;
        }

        return start;
    }

    private static string[] TlsOptions(string? certificates) => certificates is null
        ? []
        :
        [
            "--driver-opt",
            CommaSeparated.Join(BuildKitDial.Files.Select(file => $"{file.Option}={Path.Combine(certificates, file.Name)}")),
        ];
}
