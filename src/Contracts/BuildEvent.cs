using System.Text.Json.Serialization;

namespace ContainerStages.Contracts;

/// <summary>
/// One thing that happened in a build. The engine program writes one JSON document per line; consoles and MSBuild render them.
/// Step ids are unique within a build.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(EngineStarted), "engine-started")]
[JsonDerivedType(typeof(StepStarted), "step-started")]
[JsonDerivedType(typeof(StepFinished), "step-finished")]
[JsonDerivedType(typeof(OutputLine), "output")]
[JsonDerivedType(typeof(ProgressChanged), "progress")]
[JsonDerivedType(typeof(DiagnosticReported), "diagnostic")]
[JsonDerivedType(typeof(TextReported), "text")]
[JsonDerivedType(typeof(BuildFinished), "result")]
public abstract record BuildEvent;

/// <summary>The first event of an engine program that got a definition: the contract and the version of the program.</summary>
public sealed record EngineStarted(int Contract, string Version) : BuildEvent;

/// <summary>A step of a stage begins. <see cref="Title"/> is the instruction as a person wrote it, or what is pulled or pushed.</summary>
public sealed record StepStarted(string Id, string Stage, string Title) : BuildEvent;

/// <summary>How a step ended.</summary>
public enum StepOutcome
{
    Done,

    /// <summary>An earlier build did it, or one at the same time that this one waited for.</summary>
    Cached,
    Failed,
    Skipped,
}

public sealed record StepFinished(string Id, StepOutcome Outcome, long Milliseconds) : BuildEvent;

/// <summary>One line that a RUN wrote, without its line end.</summary>
public sealed record OutputLine(string Id, string Text, bool IsError) : BuildEvent;

/// <summary>Bytes moved so far for a pull or push step; <see cref="Total"/> is 0 while unknown.</summary>
public sealed record ProgressChanged(string Id, long Bytes, long Total) : BuildEvent;

public sealed record DiagnosticReported(Diagnostic Diagnostic) : BuildEvent;

/// <summary>A line that the user asked for: the changes of a lock file, a plan.</summary>
public sealed record TextReported(string Text) : BuildEvent;

/// <summary>The last event of a build that succeeded.</summary>
public sealed record BuildFinished(BuildResult Result) : BuildEvent;

/// <summary>
/// What a build made. Sizes in bytes; <see cref="Size"/> is the sum of the uncompressed layers, as <c>docker image ls</c> shows it, -1
/// where one is unknown.
/// </summary>
public sealed record BuildResult
{
    /// <summary>Digest of what the names stand for: the manifest, or the index of several images (<c>sha256:...</c>).</summary>
    public required string ManifestDigest { get; init; }

    public required string ManifestMediaType { get; init; }

    /// <summary>Null for an index; <see cref="Images"/> has one each.</summary>
    public string? ConfigDigest { get; init; }

    /// <summary>The manifest or index as JSON text, byte for byte.</summary>
    public required string Manifest { get; init; }

    /// <summary>The image configuration as JSON text, byte for byte; null for an index.</summary>
    public string? Configuration { get; init; }

    /// <summary>Null for an index.</summary>
    public string? Platform { get; init; }

    /// <summary>The images of an index, one per platform; empty where there is one image.</summary>
    public IReadOnlyList<PlatformImage> Images { get; init; } = [];

    /// <summary>Full names the image now has, one per destination and tag (<c>host/repository:tag</c>).</summary>
    public required IReadOnlyList<string> References { get; init; }

    /// <summary>Files and folders written by archive and layout destinations.</summary>
    public required IReadOnlyList<string> Files { get; init; }

    public required long Size { get; init; }

    /// <summary>Sum of the layer blobs as they travel to a registry.</summary>
    public required long CompressedSize { get; init; }

    public required int LayerCount { get; init; }

    /// <summary>
    /// True where every step came from the cache and every destination already had this digest, so that nothing was written.
    /// </summary>
    public required bool UpToDate { get; init; }
}

/// <summary>One image of an index; members as in <see cref="BuildResult"/>.</summary>
public sealed record PlatformImage
{
    public required string Platform { get; init; }

    public required string ManifestDigest { get; init; }

    public required string ManifestMediaType { get; init; }

    public required string ConfigDigest { get; init; }

    public required string Manifest { get; init; }

    public required string Configuration { get; init; }

    /// <summary>Names of this image alone.</summary>
    public required IReadOnlyList<string> References { get; init; }

    public required long Size { get; init; }
}
