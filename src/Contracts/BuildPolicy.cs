namespace ContainerStages.Contracts;

/// <summary>What of earlier builds, of the lock file and of the network may be used.</summary>
public sealed record BuildPolicy
{
    /// <summary>Store folder; null for the user's own.</summary>
    public string? Store { get; init; }

    /// <summary>Who runs commands: <c>auto</c> (the embedded engine where it works, else another that does), or the name of one.</summary>
    public string Engine { get; init; } = EngineNames.Automatic;

    /// <summary>How the embedded engine runs commands: <c>auto</c> or <c>namespaces</c> (by itself), or an OCI runtime.</summary>
    public string Sandbox { get; init; } = SandboxNames.Automatic;

    /// <summary>
    /// Where the engine buildkit is, as <see cref="EngineAddress"/> reads it: platforms are spread over several; none for the current
    /// builder of buildx.
    /// </summary>
    public IReadOnlyList<string> EngineAddresses { get; init; } = [];

    /// <summary>
    /// Folder with <c>ca.pem</c>, <c>cert.pem</c> and <c>key.pem</c>, by absolute path, for addresses that want TLS; or null.
    /// </summary>
    public string? EngineCertificates { get; init; }

    /// <summary>True: every step is run, whatever the store knows.</summary>
    public bool NoCache { get; init; }

    /// <summary>Names of stages whose steps are all run again.</summary>
    public IReadOnlyList<string> NoCacheStages { get; init; } = [];

    /// <summary>
    /// Caches of other machines to read, as <c>docker buildx build --cache-from</c> names them; a relative folder starts where the
    /// engine was started.
    /// </summary>
    public IReadOnlyList<string> CacheFrom { get; init; } = [];

    /// <summary>Caches for other machines to write, as <c>docker buildx build --cache-to</c> names them.</summary>
    public IReadOnlyList<string> CacheTo { get; init; } = [];

    /// <summary>A cache mount with more bytes is not shared; 0: none is.</summary>
    public long MostCacheMountBytes { get; init; } = CacheMountLimit.Usual;

    /// <summary>True: no network; what the store lacks ends the build, and commands that run have no network.</summary>
    public bool Offline { get; init; }

    /// <summary>Ask the registry for the current digest of every named image, also where the store knows one.</summary>
    public bool Pull { get; init; }

    /// <summary>File that holds the digests of everything that is fetched; null for none.</summary>
    public string? LockFile { get; init; }

    /// <summary>True: the build fails where the lock file lacks something, and never changes it.</summary>
    public bool Locked { get; init; }

    /// <summary>Registry mirrors beside those of containers-registries.conf.</summary>
    public IReadOnlyList<RegistryMirror> Mirrors { get; init; } = [];
}

/// <summary>
/// Pulls from <see cref="Registry"/> try <see cref="Location"/> first. Both are set by name, so that nobody swaps them.
/// </summary>
public sealed record RegistryMirror
{
    /// <summary>A registry, or the beginning of its repositories' names (<c>docker.io</c>, <c>docker.io/library</c>).</summary>
    public required string Registry { get; init; }

    /// <summary>Where the mirror is.</summary>
    public required string Location { get; init; }

    /// <summary>True: http, or https with any certificate.</summary>
    public bool Insecure { get; init; }
}
