namespace ContainerStages.Stages;

/// <summary>A RUN --mount as written; words are raw and null where not given. Source: Dockerfile reference, RUN --mount.</summary>
internal abstract record RunMount(string? Target)
{
    /// <summary>
    /// The stage, image or context that the mount takes files from; null where it takes none, or those of the build context.
    /// </summary>
    public virtual string? TakesFrom => null;
}

/// <summary>
/// A mount whose type or switches hold variables: what it is shows when they have values. <paramref name="Read"/> is given what replaces
/// them, and throws <see cref="Diagnostics.BuildFailedException"/> where the values make no mount.
/// </summary>
/// <param name="Text">The mount as written, of comma-separated fields.</param>
/// <param name="From">As written: it holds no variables.</param>
internal sealed record VariableMount(string Text, string? From, Func<Func<string, string>, RunMount> Read) : RunMount(Target: null)
{
    public override string? TakesFrom => From;
}

/// <summary>Files of the context (<see cref="From"/> null), a stage or an image; changes are thrown away.</summary>
internal sealed record BindMount(string? Target, string? Source, string? From, bool ReadWrite) : RunMount(Target)
{
    public override string? TakesFrom => From;
}

/// <summary>How builds that run at the same time use one cache.</summary>
internal enum CacheSharing
{
    Shared,
    Private,
    Locked,
}

/// <summary>A folder that outlives the build.</summary>
internal sealed record CacheMount(string? Target) : RunMount(Target)
{
    /// <summary>Null: the target.</summary>
    public string? Id { get; init; }

    public CacheSharing Sharing { get; init; }

    /// <summary>What a new cache begins with.</summary>
    public string? From { get; init; }

    public override string? TakesFrom => From;

    public string? Source { get; init; }

    public bool ReadOnly { get; init; }

    /// <summary>The convention that alone uses the cache, whatever ids others name; null for a cache of the build's own.</summary>
    public string? Convention { get; init; }

    /// <summary>True where another base image has another cache.</summary>
    public bool OfBase { get; init; }

    /// <summary>Octal; null for 0755.</summary>
    public string? Mode { get; init; }

    public string? UserId { get; init; }

    public string? GroupId { get; init; }
}

/// <summary>Memory; <see cref="Size"/> such as <c>64m</c>.</summary>
internal sealed record TmpfsMount(string? Target, string? Size) : RunMount(Target);

/// <summary>A secret of the build as a file, and as a variable where <see cref="Environment"/> names one.</summary>
internal sealed record SecretMount(string? Target) : RunMount(Target)
{
    public string? Id { get; init; }

    public string? Environment { get; init; }

    public bool Required { get; init; }

    /// <summary>Octal; null for 0400.</summary>
    public string? Mode { get; init; }

    public string? UserId { get; init; }

    public string? GroupId { get; init; }
}

/// <summary>A file or folder of this machine, read-only, that names no result. No Dockerfile says this; projects do.</summary>
internal sealed record MachineMount(string? Target, string Source) : RunMount(Target);

/// <summary>
/// A value of the engine's own environment that names no result: as a file, or as a variable, or only kept out of what is shown. No
/// Dockerfile says this; projects do.
/// </summary>
internal sealed record MachineSecretMount(string? Target, string EngineVariable, string? Variable, bool Masked) : RunMount(Target);

/// <summary>The socket of an ssh agent.</summary>
internal sealed record SshMount(string? Target) : RunMount(Target)
{
    public string? Id { get; init; }

    public bool Required { get; init; }

    /// <summary>Octal; null for 0600.</summary>
    public string? Mode { get; init; }

    public string? UserId { get; init; }

    public string? GroupId { get; init; }
}
