using System.Collections.Immutable;
using ContainerStages.Oci;

namespace ContainerStages.Engines;

/// <summary>What <c>buildx inspect</c> says of a builder and its nodes.</summary>
/// <param name="Driver">How it reaches BuildKit.</param>
/// <param name="IsRunning">True where a node answers.</param>
/// <param name="Version">Of BuildKit; empty where that is not known.</param>
/// <param name="Platforms">Of all nodes; none where none answers.</param>
/// <param name="Error">What it says is wrong; or null.</param>
internal sealed record BuilderState(string Driver, bool IsRunning, string Version, ImmutableArray<Platform> Platforms, string? Error)
{
    public static BuilderState Read(string text)
    {
        var lines = text.Split('\n', StringSplitOptions.TrimEntries).Select(line => line.Split(':', 2, StringSplitOptions.TrimEntries))
            .Where(pair => pair is [_, { Length: > 0 }])
            .ToLookup(pair => pair[0], pair => pair[1], StringComparer.OrdinalIgnoreCase);
        var version = lines["BuildKit version"].Concat(lines["Buildkit"]).FirstOrDefault(IsRelease) ?? "";
        return new BuilderState(
            lines["Driver"].FirstOrDefault() ?? "",
            lines["Status"].Contains("running"),
            version.TrimStart('v'),
            [
                .. lines["Platforms"].SelectMany(line => line.Split(',', StringSplitOptions.TrimEntries)).Select(Read)
                    .OfType<Platform>().Distinct(),
            ],
            lines["Error"].FirstOrDefault());

        // One that a user has set is marked.
        static Platform? Read(string platform) => Platform.TryParse(platform.TrimEnd('*'));
    }

    /// <summary>True where it runs what is made for a platform without an emulator: BuildKit names what its machine is first.</summary>
    public bool IsNative(Platform platform) => !Platforms.IsEmpty && Platforms[0].DistanceTo(platform) is not null;

    /// <summary>True where a node can run what is made for a platform, or where no node says what it can.</summary>
    public bool Runs(Platform platform) => Platforms.IsEmpty || Platforms.Any(own => own.DistanceTo(platform) is not null);

    /// <summary>Some distributions build it without its version.</summary>
    private static bool IsRelease(string version) =>
        !version.Contains("unknown", StringComparison.Ordinal) && !version.StartsWith("v0.0.0", StringComparison.Ordinal);
}
