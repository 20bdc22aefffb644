using System.Collections.Immutable;
using System.Diagnostics;
using System.Text.RegularExpressions;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Posix;

namespace ContainerStages.Sandboxing;

/// <summary>A program that runs containers as runtime-spec describes them: runc or crun of this machine.</summary>
/// <param name="Name">As the user names it.</param>
/// <param name="Path">Absolute.</param>
/// <param name="Version">For people.</param>
internal sealed partial record OciRuntime(string Name, string Path, string Version)
{
    // The first with an error number for every call that a filter does not name.
    private static readonly Dictionary<string, Version> Oldest = new(StringComparer.Ordinal)
    {
        [SandboxNames.Runc] = new Version(1, 1),
        [SandboxNames.Crun] = new Version(1, 0),
    };

    /// <summary>Finds the runtime of a name, and whether it starts and is new enough.</summary>
    /// <exception cref="BuildFailedException">It is not there or cannot be used.</exception>
    public static async Task<OciRuntime> FindAsync(string name, CancellationToken cancellationToken)
    {
        var path = UserNamespaceChecks.FindProgram(name) ?? throw new BuildFailedException(RuntimeDiagnostics.Missing(name));
        var answer = await HostProgram.RunAsync(new ProcessStartInfo(path, "--version"), cancellationToken);
        if (answer is not { ExitCode: 0 } told || VersionPattern().Match(told.Output) is not { Success: true } match)
        {
            var detail = answer is { } end ? end.Error + end.Output : "it cannot be started";
            throw new BuildFailedException(RuntimeDiagnostics.Unusable(name, path, detail));
        }

        var version = match.Groups["all"].Value;
        return System.Version.Parse(match.Groups["number"].Value) >= Oldest[name]
            ? new OciRuntime(name, path, version)
            : throw new BuildFailedException(RuntimeDiagnostics.TooOld(name, path, version, Oldest[name].ToString()));
    }

    /// <summary>Adds what the first process needs to start the command by this runtime.</summary>
    internal SandboxSpecification Complete(SandboxSpecification specification) => specification with
    {
        Runtime = CommandLine(new RuntimeBundle(new SandboxFolder(specification.Folder).Bundle)),
        RuntimeConfiguration = RuntimeConfiguration.Of(specification).ToJson(),
    };

    // The runtime ends when the container's process runs. It makes no control groups: nothing is limited by them, and a killed build would
    // leave them behind. runc makes none where it cannot, and is told that it has not all rights.
    private ImmutableArray<string> CommandLine(RuntimeBundle bundle) =>
    [
        Path, .. Name == SandboxNames.Crun ? (string[])["--cgroup-manager=disabled"] : ["--rootless", "true"],
        "--root", bundle.State, "--log", bundle.Log, "--log-format", "json",
        "run", "--detach", "--pid-file", bundle.ProcessFile, "--bundle", bundle.Folder, "command",
    ];

    [GeneratedRegex(@"version (?<all>(?<number>\d+\.\d+)\S*)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex VersionPattern();
}
