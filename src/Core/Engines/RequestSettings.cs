using System.Collections.Immutable;
using System.Globalization;
using ContainerStages.Caching;
using ContainerStages.Contracts;
using ContainerStages.Layers;
using ContainerStages.Sandboxing;
using ContainerStages.Snapshots;
using ContainerStages.Stages;

namespace ContainerStages.Engines;

/// <summary>What the settings of a build mean to engines: names of results, and limits of commands.</summary>
internal static class RequestSettings
{
    /// <summary>True: RUN --security=insecure may be.</summary>
    public static bool AllowsInsecure(this CommandSettings settings) => settings.Allow.Contains(EntitlementNames.Insecure);

    /// <summary>As the kernel counts them.</summary>
    public static ImmutableArray<SandboxLimit> Limits(this CommandSettings settings) =>
        [.. settings.Ulimits.Select(limit => new SandboxLimit(ResourceLimits.NumberOf(limit.Name), (ulong)limit.Soft, (ulong)limit.Hard))];

    /// <summary>
    /// What of it can change a result; empty where nothing is set. Secrets and agents count by their id alone, which steps name.
    /// </summary>
    public static IReadOnlyCollection<string> Key(this CommandSettings settings) =>
    [
        .. settings.Network ? (string[])[] : ["no network"],
        .. settings.NoNewPrivileges ? (string[])["no new privileges"] : [],
        .. settings.HostName is { } name ? (string[])[$"host name {name}"] : [],
        .. settings.ShmSize is { } size ? (string[])[string.Create(CultureInfo.InvariantCulture, $"shm {size}")] : [],
        .. settings.Limits()
            .Select(limit => string.Create(CultureInfo.InvariantCulture, $"limit {limit.Resource} {limit.Soft} {limit.Hard}")),
        .. settings.AddHosts.Select(host => $"host {host.Address} {host.Name}"),
    ];

    /// <summary>
    /// The form of layers that other machines work on with: every file as old as it is, and compressed quickly. The layers of images
    /// have the times that their definition says.
    /// </summary>
    public static ImageForm ToWorkOn { get; } = new() { Compression = LayerCompression.Zstd, SourceDateEpoch = 253_402_300_799 };

    /// <summary>Names the blob of the layer <paramref name="layer"/> in this form.</summary>
    public static LayerKey KeyOf(this ImageForm form, SnapshotId layer)
    {
        var isUsual = form.Compression == LayerCompression.Gzip && form.CompressionLevel is null;
        var compression = isUsual ? "" : $"-{form.Compression}{form.CompressionLevel}";
        return new LayerKey($"{layer}-{form.Format}-{form.Epoch}-form{LayerWriter.Form}{compression}");
    }

    /// <summary>True where no result of an earlier build counts for the stage.</summary>
    public static bool IsRunAgain(this BuildPolicy policy, string stage) =>
        policy.NoCache || policy.NoCacheStages.Contains(stage, StageNames.Comparer);
}
