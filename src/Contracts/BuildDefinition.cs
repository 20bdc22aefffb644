using System.Text.Json.Serialization;

namespace ContainerStages.Contracts;

/// <summary>
/// Everything one build needs, as one JSON document on the engine program's standard input: one record for each who uses it. Paths are
/// absolute.
/// </summary>
public sealed record BuildDefinition
{
    [JsonIgnore]
    public BuildGoal Goal { get; init; }

    // Enumerations travel as numbers: their converters are generic over each, and would be compiled anew in every build process.
    [JsonInclude, JsonPropertyName("goal")]
    internal int GoalNumber { get => (int)Goal; init => Goal = (BuildGoal)value; }

    public required BuildSource Source { get; init; }

    public ImageForm Form { get; init; } = new();

    public ImageMetadata Metadata { get; init; } = new();

    public CommandSettings Commands { get; init; } = new();

    public BuildPolicy Policy { get; init; } = new();

    public BuildOutputs Outputs { get; init; } = new();
}

/// <summary>What is done with a definition.</summary>
public enum BuildGoal
{
    /// <summary>Build the image and publish it.</summary>
    Publish,

    /// <summary>Fetch everything that the build reads, so that it can be done offline.</summary>
    Restore,

    /// <summary>Write what the lock file lacks.</summary>
    Lock,

    /// <summary>Ask anew for everything that the lock file holds.</summary>
    UpdateLock,

    /// <summary>Tell what a build would do.</summary>
    Plan,

    /// <summary>Write the stages as a Dockerfile.</summary>
    Export,

    /// <summary>Find what the build checks say.</summary>
    Check,
}
