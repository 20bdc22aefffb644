namespace ContainerStages.Contracts;

/// <summary>What a build says of all its commands.</summary>
public sealed record CommandSettings
{
    /// <summary>Secrets by id, for RUN --mount=type=secret. Their values are in no document, only where they are found.</summary>
    public IReadOnlyDictionary<string, SecretSource> Secrets { get; init; } = new Dictionary<string, SecretSource>(StringComparer.Ordinal);

    /// <summary>By id, for RUN --mount=type=ssh: the socket of an agent, or private key files.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Ssh { get; init; } =
        new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);

    /// <summary>What commands may do beyond the ordinary, by <see cref="EntitlementNames"/>.</summary>
    public IReadOnlyList<string> Allow { get; init; } = [];

    /// <summary>False: RUN has no network unless it says --network=host.</summary>
    public bool Network { get; init; } = true;

    /// <summary>True: set-user-id programs and capabilities of files have no effect in commands.</summary>
    public bool NoNewPrivileges { get; init; }

    /// <summary>How many commands run at the same time, 1 or more; null for the engine's default.</summary>
    public int? MaxParallelism { get; init; }

    /// <summary>The name of the machine in commands; null for BuildKit's.</summary>
    public string? HostName { get; init; }

    /// <summary>Further lines of /etc/hosts in commands.</summary>
    public IReadOnlyList<ExtraHost> AddHosts { get; init; } = [];

    /// <summary>Size of /dev/shm in commands, in bytes; null for 64 MiB.</summary>
    public long? ShmSize { get; init; }

    /// <summary>Limits of commands.</summary>
    public IReadOnlyList<ResourceLimit> Ulimits { get; init; } = [];
}

/// <summary>Where a secret is: a file by absolute path, or an environment variable of the build. Exactly one is set.</summary>
public sealed record SecretSource
{
    public string? File { get; init; }

    public string? EnvironmentVariable { get; init; }
}

/// <summary>A line of /etc/hosts.</summary>
public sealed record ExtraHost(string Name, string Address);

/// <summary>A limit by its name in setrlimit(2), in lower case without RLIMIT_ (<c>nofile</c>); -1 is none.</summary>
public sealed record ResourceLimit(string Name, long Soft, long Hard);
