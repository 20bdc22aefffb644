using System.Collections.Immutable;
using System.Globalization;
using ContainerStages.Contracts;
using ContainerStages.Sandboxing;

namespace ContainerStages.Engines;

/// <summary>What a build says of all its commands.</summary>
public sealed record CommandSettings
{
    /// <summary>By id.</summary>
    public IReadOnlyDictionary<string, SecretSource> Secrets { get; init; } = ImmutableDictionary<string, SecretSource>.Empty;

    /// <summary>By id the socket of an agent, or private key files.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Agents { get; init; } = ImmutableDictionary<string, IReadOnlyList<string>>.Empty;

    /// <summary>True: RUN --security=insecure may be.</summary>
    public bool AllowInsecure { get; init; }

    /// <summary>For commands that do not say it themselves; false: no network but loopback.</summary>
    public bool Network { get; init; } = true;

    /// <summary>True: set-user-id programs and capabilities of files have no effect.</summary>
    public bool NoNewPrivileges { get; init; }

    /// <summary>How many run at the same time; null for the default.</summary>
    public int? AtOnce { get; init; }

    /// <summary>The name of the machine in commands; null for BuildKit's.</summary>
    public string? HostName { get; init; }

    /// <summary>Size of /dev/shm in bytes; null for the default.</summary>
    public long? SharedMemory { get; init; }

    public ImmutableArray<SandboxLimit> Limits { get; init; } = [];

    public ImmutableArray<(string Address, string Name)> ExtraHosts { get; init; } = [];

    /// <summary>What of it can change a result; empty where nothing is set. Secrets and agents count by their id alone, which steps name.</summary>
    internal IReadOnlyCollection<string> Key =>
    [
        .. Network ? (string[])[] : ["no network"],
        .. NoNewPrivileges ? (string[])["no new privileges"] : [],
        .. HostName is { } name ? (string[])[$"host name {name}"] : [],
        .. SharedMemory is { } size ? (string[])[string.Create(CultureInfo.InvariantCulture, $"shm {size}")] : [],
        .. Limits.Select(limit => string.Create(CultureInfo.InvariantCulture, $"limit {limit.Resource} {limit.Soft} {limit.Hard}")),
        .. ExtraHosts.Select(host => $"host {host.Address} {host.Name}"),
    ];
}
