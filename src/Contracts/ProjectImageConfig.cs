namespace ContainerStages.Contracts;

/// <summary>
/// Configuration of the image from the <c>Container*</c> items and properties. Null leaves what the base or the stage says.
/// </summary>
public sealed record ProjectImageConfig
{
    public IReadOnlyList<string>? Entrypoint { get; init; }

    public IReadOnlyList<string>? Cmd { get; init; }

    public string? User { get; init; }

    public string? WorkingDirectory { get; init; }

    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary><c>port/protocol</c>.</summary>
    public IReadOnlyList<string> Ports { get; init; } = [];

    /// <summary><c>ContainerStagesImageInstructions</c>; null where not set.</summary>
    public ImageInstructionText? Instructions { get; init; }
}

/// <summary>
/// Dockerfile instructions that only set the image's configuration. <see cref="Line"/> is where they begin in the project file; 0 where
/// unknown.
/// </summary>
public sealed record ImageInstructionText(string Text, string File, int Line);
