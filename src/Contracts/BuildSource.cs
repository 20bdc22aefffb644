namespace ContainerStages.Contracts;

/// <summary>What is built. Exactly one of <see cref="Dockerfile"/>, <see cref="Project"/> is set.</summary>
public sealed record BuildSource
{
    /// <summary>Path of the Dockerfile, or null. <c>-</c>: standard input. Relative: inside a context that is no folder.</summary>
    public string? Dockerfile { get; init; }

    /// <summary>Stages written in a project file, or by convention when it names none; null when a Dockerfile is built.</summary>
    public ProjectDefinition? Project { get; init; }

    /// <summary>
    /// Folder that COPY reads from; or a tar archive, <c>-</c> for one on standard input, or the http, https or git address of an archive
    /// or repository.
    /// </summary>
    public required string ContextDirectory { get; init; }

    /// <summary>
    /// Named contexts: a folder (absolute path), the http, https or git address of an archive or repository, <c>docker-image://NAME</c>,
    /// <c>target:STAGE</c>, or a layout, archive or engine (<c>oci-layout:FOLDER</c>); they win over stages and images of their name.
    /// </summary>
    public IReadOnlyDictionary<string, string> BuildContexts { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Files that the build itself is writing, such as the one that its standard output goes to; no context shows them.</summary>
    public IReadOnlyList<string> OwnOutput { get; init; } = [];

    /// <summary>Name of the stage to build; null for the last.</summary>
    public string? Target { get; init; }

    /// <summary><c>os/architecture[/variant]</c>, one image each; several become one index. Empty for the machine's own.</summary>
    public IReadOnlyList<string> Platforms { get; init; } = [];

    public IReadOnlyDictionary<string, string> BuildArgs { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);
}
