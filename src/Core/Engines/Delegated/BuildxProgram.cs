using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using ContainerStages.Posix;

namespace ContainerStages.Engines;

/// <summary>buildx of this machine: a plugin of <c>docker</c>, or a program of its own.</summary>
/// <param name="Program">In PATH.</param>
/// <param name="First">Its arguments before those of buildx.</param>
/// <param name="Version">Without what follows the second number.</param>
/// <param name="Shown">The version for people.</param>
internal sealed partial record BuildxProgram(string Program, ImmutableArray<string> First, Version Version, string Shown)
{
    /// <summary>The first that has the driver for remote daemons.</summary>
    public static Version Oldest { get; } = new(0, 9);

    private static readonly Version FirstWithJson = new(0, 13);

    private static readonly (string Program, ImmutableArray<string> First)[] Forms =
        [("docker", ["buildx"]), ("buildx", []), ("docker-buildx", [])];

    /// <summary>True where <c>--progress rawjson</c> is there.</summary>
    public bool HasJson => Version >= FirstWithJson;

    /// <summary>Null where it is not installed.</summary>
    public static async Task<BuildxProgram?> FindAsync(CancellationToken cancellationToken)
    {
        foreach (var (program, first) in Forms)
        {
            var start = new ProcessStartInfo(program, [.. first, "version"]);
            if (await HostProgram.RunAsync(start, cancellationToken) is { ExitCode: 0 } end
                && Named().Match(end.Output) is { Success: true } match)
            {
                return new BuildxProgram(program, first, ReadVersion(match), match.Groups["shown"].Value);
            }
        }

        return null;
    }

    /// <summary>A run of it.</summary>
    public ProcessStartInfo Start(IEnumerable<string> arguments) => new(Program, [.. First, .. arguments]);

    /// <summary>A build of somebody's own may have no number; it is taken for an old one that works.</summary>
    private static Version ReadVersion(Match match) => match.Groups["major"].Success
        ? new Version(Number(match, "major"), Number(match, "minor"))
        : Oldest;

    private static int Number(Match match, string group) => int.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(
        @"^github\.com/docker/buildx v?(?<shown>((?<major>\d{1,6})\.(?<minor>\d{1,6}))?\S*)",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Named();
}
