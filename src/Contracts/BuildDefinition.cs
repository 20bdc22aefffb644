namespace ContainerStages.Contracts;

/// <summary>
/// Everything one build needs: one record for each who uses it. Paths are absolute. It goes to the engine program as a
/// <see cref="DefinitionDocument"/>.
/// </summary>
public sealed record BuildDefinition
{
    public BuildGoal Goal { get; init; }

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
