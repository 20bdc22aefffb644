namespace ContainerStages.TestKit.Faults;

/// <summary>What is being done while the registry misbehaves.</summary>
public enum FaultedAction
{
    /// <summary>An image with an index, a configuration and two layers is pulled by its tag.</summary>
    Pull,

    /// <summary>Such an image is pushed, without the index.</summary>
    Push,
}

/// <summary>One way in which a registry can misbehave, and how that has to end.</summary>
public sealed record RegistryFault
{
    /// <summary>For people: it stands in the table of docs/registries.md.</summary>
    public required string Name { get; init; }

    public required FaultedAction Action { get; init; }

    /// <summary>Code of the one error, or null where it has to work in the end.</summary>
    public string? Code { get; init; }

    /// <summary>The requests that go wrong; only such with a login are asked about, after the first challenge.</summary>
    public required Func<FaultScene, ProxiedRequest, bool> Where { get; init; }

    /// <summary>What goes wrong with the first of these requests (0), and the next ones.</summary>
    public required Func<FaultScene, int, ProxyFault> Fault { get; init; }

    /// <summary>How many of them go wrong.</summary>
    public int Times { get; init; } = int.MaxValue;

    /// <summary>True where somebody has to lose patience: the client's is short then.</summary>
    public bool IsSlow { get; init; }

    /// <summary>Bytes of a chunk, for uploads in chunks.</summary>
    public long? ChunkSize { get; init; }

    /// <summary>What a proxy before the registry has to do.</summary>
    public Func<ProxiedRequest, ProxyFault?> In(FaultScene scene)
    {
        var next = 0;
        return request => request.Headers.ContainsKey("Authorization")
            && Where(scene, request)
            && Interlocked.Increment(ref next) is var number
            && number <= Times ? Fault(scene, number - 1) : null;
    }

    public override string ToString() => Name;
}
