namespace ContainerStages.Contracts;

/// <summary>What becomes of the image, and which files the build writes.</summary>
public sealed record BuildOutputs
{
    /// <summary>Names the image gets in the embedded store (<c>example:latest</c>).</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>
    /// What stands behind a tag, after <c>-</c>, for the image of each platform alone (<c>latest-linux-arm64</c>), in the order of
    /// <see cref="BuildSource.Platforms"/>; empty for no such tags.
    /// </summary>
    public IReadOnlyList<string> PlatformTags { get; init; } = [];

    public IReadOnlyList<Destination> Destinations { get; init; } = [];

    /// <summary>Most bytes of files, before compression, that an image may have; null for any. A larger one is not published.</summary>
    public long? MaxSize { get; init; }

    /// <summary>
    /// Reports on the image, by absolute path; the extension of each is one of <see cref="ReportForm"/>. No build sees one that it writes.
    /// </summary>
    public IReadOnlyList<string> Reports { get; init; } = [];

    /// <summary>
    /// Bills of materials, by absolute path; the name of each ends as one of <see cref="SbomForm"/>. No build sees one that it writes.
    /// </summary>
    public IReadOnlyList<string> Sboms { get; init; } = [];

    /// <summary>
    /// JSON result file of the previous build of the same project: when it names the same digest and destinations, nothing is published.
    /// </summary>
    public string? ResultFile { get; init; }

    /// <summary>Where <see cref="BuildGoal.Export"/> writes; no build sees a file that it wrote. Null for nowhere.</summary>
    public ExportedDockerfile? Export { get; init; }
}

/// <summary>A Dockerfile that is written, by its path, and beside it <c>NAME.dockerignore</c>.</summary>
/// <param name="File">Absolute path.</param>
/// <param name="Overwrite">True: also in place of files that somebody else wrote or changed.</param>
public sealed record ExportedDockerfile(string File, bool Overwrite);
