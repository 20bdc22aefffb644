using System.Collections.Immutable;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Oci;

namespace ContainerStages.Media.Registry;

/// <summary>
/// Which places an image is asked from. Source: containers-registries.conf(5), version 2; the longest prefix that matches decides.
/// </summary>
internal sealed record RegistriesConfiguration
{
    public static RegistriesConfiguration Empty { get; } = new();

    public ImmutableArray<RegistryEntry> Registries { get; init; } = [];

    /// <summary>Mirrors of the build itself: asked before those of <see cref="Registries"/>.</summary>
    public ImmutableArray<RegistryMirror> Mirrors { get; init; } = [];

    /// <summary>Hosts whose TLS is not verified, whatever the entries say.</summary>
    public ImmutableArray<string> InsecureHosts { get; init; } = [];

    /// <summary>Places to pull from, in the order to try.</summary>
    /// <exception cref="BuildFailedException">The image is blocked.</exception>
    public IReadOnlyList<RegistryEndpoint> EndpointsFor(ImageReference reference)
    {
        var name = $"{reference.Registry}/{reference.Repository}";
        var entry = Find(reference);
        var endpoints = new List<RegistryEndpoint>();
        foreach (var mirror in Mirrors)
        {
            if (MatchLength(name, mirror.Registry) is { } length)
            {
                Add(endpoints, Endpoint(mirror.Location + name[length..], mirror.Insecure) with { IsMirror = true });
            }
        }

        if (entry is not null)
        {
            foreach (var mirror in entry.Mirrors.Where(mirror => mirror.Serves(reference)))
            {
                Add(
                    endpoints,
                    Endpoint(mirror.Location + name[MatchLength(name, entry.Prefix)!.Value..], mirror.Insecure) with { IsMirror = true });
            }
        }

        Add(endpoints, Itself(name, entry));
        return endpoints;
    }

    /// <summary>Where pushes go: never to a mirror.</summary>
    /// <exception cref="BuildFailedException">The image is blocked.</exception>
    public RegistryEndpoint DestinationFor(ImageReference reference) =>
        Itself($"{reference.Registry}/{reference.Repository}", Find(reference));

    private RegistryEndpoint Itself(string name, RegistryEntry? entry) => entry?.Location is { Length: > 0 } location
        ? Endpoint(location + name[MatchLength(name, entry.Prefix)!.Value..], entry.Insecure)
        : Endpoint(name, entry?.Insecure ?? false);

    private RegistryEntry? Find(ImageReference reference)
    {
        var name = $"{reference.Registry}/{reference.Repository}";
        var entry = Registries.Where(entry => MatchLength(name, entry.Prefix) is not null).MaxBy(entry => entry.Prefix.Length);
        return entry is { Blocked: true }
            ? throw new BuildFailedException(RegistryDiagnostics.Blocked(reference.FamiliarName, entry.Prefix, entry.File))
            : entry;
    }

    private RegistryEndpoint Endpoint(string location, bool insecure)
    {
        var slash = location.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0)
        {
            throw new BuildFailedException(RegistryDiagnostics.InvalidConfiguration(
                new SourceLocation("containers-registries.conf"),
                $"The location '{location}' stands for a whole image name, so it must name a repository too: {location}/REPOSITORY."));
        }

        var host = location[..slash];
        return new RegistryEndpoint
        {
            Host = host,
            Repository = location[(slash + 1)..],
            Insecure = insecure || InsecureHosts.Contains(host),
        };
    }

    private static void Add(List<RegistryEndpoint> endpoints, RegistryEndpoint endpoint)
    {
        if (!endpoints.Exists(known => known.Host == endpoint.Host && known.Repository == endpoint.Repository))
        {
            endpoints.Add(endpoint);
        }
    }

    /// <summary>
    /// Length of the part of the name that the prefix stands for, or null. <c>*.example.com</c> stands for any host below.
    /// </summary>
    private static int? MatchLength(string name, string prefix)
    {
        if (prefix.StartsWith("*.", StringComparison.Ordinal))
        {
            var host = name.IndexOf('/', StringComparison.Ordinal);
            return name[..host].Split(':')[0].EndsWith(prefix[1..], StringComparison.Ordinal) ? host : null;
        }

        return name.StartsWith(prefix, StringComparison.Ordinal) && (name.Length == prefix.Length || name[prefix.Length] == '/')
            ? prefix.Length
            : null;
    }
}

/// <summary>One <c>[[registry]]</c>. An empty <see cref="Location"/> means the name itself.</summary>
internal sealed record RegistryEntry
{
    public required string Prefix { get; init; }

    public string Location { get; init; } = "";

    public bool Insecure { get; init; }

    public bool Blocked { get; init; }

    public ImmutableArray<RegistryEntryMirror> Mirrors { get; init; } = [];

    /// <summary>The file that says so, for messages.</summary>
    public string File { get; init; } = "";
}

/// <summary>One <c>[[registry.mirror]]</c>.</summary>
internal sealed record RegistryEntryMirror(string Location, bool Insecure, MirrorUse Use)
{
    internal bool Serves(ImageReference reference) => Use switch
    {
        MirrorUse.DigestOnly => reference.Digest is not null,
        MirrorUse.TagOnly => reference.Digest is null,
        _ => true,
    };
}

/// <summary>Which pulls a mirror serves.</summary>
internal enum MirrorUse
{
    All,
    DigestOnly,
    TagOnly,
}
