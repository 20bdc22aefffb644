using System.Text.Json.Serialization;

namespace ContainerStages.Oci;

/// <summary>The image configuration document. Source: image-spec, config.md.</summary>
public sealed record ImageConfig
{
    [JsonPropertyOrder(0)]
    public string? Created { get; init; }

    [JsonPropertyOrder(1)]
    public string? Author { get; init; }

    [JsonPropertyOrder(2)]
    public required string Architecture { get; init; }

    [JsonPropertyOrder(3)]
    public string? Variant { get; init; }

    [JsonPropertyOrder(4)]
    [JsonPropertyName("os")]
    public required string Os { get; init; }

    [JsonPropertyOrder(5)]
    public ContainerConfig Config
    {
        // A document may lack the member, and the reader then sets null.
        get => field ?? new ContainerConfig();
        init;
    }

    [JsonPropertyOrder(6)]
    [JsonPropertyName("rootfs")]
    public required RootFs RootFs { get; init; }

    [JsonPropertyOrder(7)]
    public IReadOnlyList<HistoryEntry>? History { get; init; }

    [JsonIgnore]
    public Platform Platform => new() { Os = Os, Architecture = Architecture, Variant = Variant };
}

/// <summary>What a container of the image starts with; JSON names are capitalised. Source: image-spec, config.md, config.</summary>
public sealed record ContainerConfig
{
    [JsonPropertyName("User")]
    public string? User { get; init; }

    /// <summary><c>port/protocol</c> keys with empty objects.</summary>
    [JsonPropertyName("ExposedPorts")]
    public SortedDictionary<string, EmptyObject>? ExposedPorts { get; init; }

    /// <summary><c>NAME=value</c>, in order.</summary>
    [JsonPropertyName("Env")]
    public IReadOnlyList<string>? Env { get; init; }

    [JsonPropertyName("Entrypoint")]
    public IReadOnlyList<string>? Entrypoint { get; init; }

    [JsonPropertyName("Cmd")]
    public IReadOnlyList<string>? Cmd { get; init; }

    [JsonPropertyName("Healthcheck")]
    public Healthcheck? Healthcheck { get; init; }

    [JsonPropertyName("Volumes")]
    public SortedDictionary<string, EmptyObject>? Volumes { get; init; }

    [JsonPropertyName("WorkingDir")]
    public string? WorkingDir { get; init; }

    [JsonPropertyName("Labels")]
    public SortedDictionary<string, string>? Labels { get; init; }

    [JsonPropertyName("StopSignal")]
    public string? StopSignal { get; init; }

    [JsonPropertyName("OnBuild")]
    public IReadOnlyList<string>? OnBuild { get; init; }

    [JsonPropertyName("Shell")]
    public IReadOnlyList<string>? Shell { get; init; }

    [JsonPropertyName("ArgsEscaped")]
    public bool? ArgsEscaped { get; init; }
}

/// <summary>Durations in nanoseconds. Source: Docker image specification 1.2, Healthcheck.</summary>
public sealed record Healthcheck
{
    [JsonPropertyName("Test")]
    public IReadOnlyList<string>? Test { get; init; }

    [JsonPropertyName("Interval")]
    public long? Interval { get; init; }

    [JsonPropertyName("Timeout")]
    public long? Timeout { get; init; }

    [JsonPropertyName("StartPeriod")]
    public long? StartPeriod { get; init; }

    [JsonPropertyName("StartInterval")]
    public long? StartInterval { get; init; }

    [JsonPropertyName("Retries")]
    public int? Retries { get; init; }
}

/// <summary>The <c>{}</c> of the sets in the specification.</summary>
public sealed record EmptyObject;

/// <summary>Digests of the uncompressed layers, from the base up.</summary>
public sealed record RootFs
{
    [JsonPropertyOrder(0)]
    public string Type { get; init; } = "layers";

    [JsonPropertyOrder(1)]
    [JsonPropertyName("diff_ids")]
    public required IReadOnlyList<Digest> DiffIds { get; init; }
}

public sealed record HistoryEntry
{
    [JsonPropertyOrder(0)]
    public string? Created { get; init; }

    [JsonPropertyOrder(1)]
    [JsonPropertyName("created_by")]
    public string? CreatedBy { get; init; }

    [JsonPropertyOrder(2)]
    public string? Author { get; init; }

    [JsonPropertyOrder(3)]
    public string? Comment { get; init; }

    [JsonPropertyOrder(4)]
    [JsonPropertyName("empty_layer")]
    public bool? EmptyLayer { get; init; }
}
