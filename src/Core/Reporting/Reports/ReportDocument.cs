using System.Text.Json.Serialization;

namespace ContainerStages.Reporting;

/// <summary>What is to be said of an image, as it stands in a report in JSON. Sizes in bytes, times in milliseconds.</summary>
public sealed record ReportDocument
{
    [JsonPropertyOrder(0)]
    public int Version { get; init; } = 1;

    /// <summary>The program that made the report.</summary>
    public required string Generator { get; init; }

    /// <summary>When, as <c>yyyy-MM-ddTHH:mm:ssZ</c>.</summary>
    public required string Generated { get; init; }

    /// <summary>The image as it was asked for.</summary>
    public required string Name { get; init; }

    /// <summary>Digest of what the name stands for: a manifest, or the index of several images.</summary>
    public required string Digest { get; init; }

    /// <summary>One for each platform that is on this machine.</summary>
    public required IReadOnlyList<ReportedImage> Images { get; init; }

    /// <summary>Null where the report was not written by a build.</summary>
    public ReportedBuild? Build { get; init; }
}

/// <summary>One image for one platform.</summary>
public sealed record ReportedImage
{
    public required string Platform { get; init; }

    public required string Digest { get; init; }

    public required string ConfigDigest { get; init; }

    public string? Created { get; init; }

    /// <summary>Bytes of the files of all layers.</summary>
    public required long Size { get; init; }

    /// <summary>Bytes of the layers as they travel to a registry.</summary>
    public required long CompressedSize { get; init; }

    /// <summary>Bytes of files that a later layer replaces or removes.</summary>
    public required long Wasted { get; init; }

    /// <summary>Null where neither the build nor annotations and labels name one.</summary>
    public ReportedBase? Base { get; init; }

    /// <summary>Null where a build did not write the report, and where no other stage stands on a larger image.</summary>
    public ReportedSingleStage? SingleStage { get; init; }

    /// <summary>From the base up.</summary>
    public required IReadOnlyList<ReportedLayer> Layers { get; init; }

    /// <summary>Files with the same content under several paths, those that cost most first.</summary>
    public required IReadOnlyList<ReportedCopies> Duplicates { get; init; }

    /// <summary>The difference from another image; null where none is compared with.</summary>
    public ReportedDifference? Against { get; init; }

    /// <summary>In the order of kind and name; null where the build wrote no bill of materials.</summary>
    public IReadOnlyList<ReportedPackage>? Packages { get; init; }
}

/// <summary>What the image stands on. What is not known is null.</summary>
public sealed record ReportedBase(string? Name, string? Digest, string? Created);

/// <summary>The image as it would be if all was in one stage, on the largest image that a stage stands on.</summary>
/// <param name="Base">That image.</param>
/// <param name="CompressedSize">At least: what the other stages add on top is not counted.</param>
public sealed record ReportedSingleStage(string Base, long CompressedSize);

public sealed record ReportedLayer
{
    public required string Digest { get; init; }

    public required string DiffId { get; init; }

    /// <summary>What made the layer, as the history has it; empty where it has nothing.</summary>
    public required string Instruction { get; init; }

    public string? Created { get; init; }

    /// <summary>The image that the layer came from, where that is known.</summary>
    public string? Origin { get; init; }

    public required long Size { get; init; }

    public required long CompressedSize { get; init; }

    /// <summary>In the order of the layer; no folders.</summary>
    public required IReadOnlyList<ReportedFile> Files { get; init; }

    /// <summary>Paths of layers below that this layer takes away.</summary>
    public IReadOnlyList<string>? Removed { get; init; }
}

/// <summary>A file, link or device of a layer.</summary>
/// <param name="Path">Without a slash in front.</param>
/// <param name="Size">0 for everything but files.</param>
/// <param name="ReplacedIn">Number of the later layer, from 1, that has the path too; null where none has.</param>
/// <param name="RemovedIn">Number of the later layer, from 1, that takes the path away; null where none does.</param>
public sealed record ReportedFile(string Path, long Size, int? ReplacedIn = null, int? RemovedIn = null)
{
    [JsonIgnore]
    public bool IsWasted => ReplacedIn is not null || RemovedIn is not null;
}

/// <summary>Files of the image with the same content.</summary>
/// <param name="Size">Of one of them.</param>
/// <param name="Paths">At least two.</param>
public sealed record ReportedCopies(long Size, IReadOnlyList<string> Paths)
{
    /// <summary>Bytes that one copy less each would save.</summary>
    public long Extra => Size * (Paths.Count - 1);
}

/// <summary>How an image differs from another one, which came before it.</summary>
public sealed record ReportedDifference
{
    /// <summary>The other image as it was asked for.</summary>
    public required string Name { get; init; }

    public required string Digest { get; init; }

    public required long Size { get; init; }

    public required long CompressedSize { get; init; }

    public required IReadOnlyList<LayerDifference> Layers { get; init; }

    /// <summary>Files that a container of one image sees otherwise than one of the other, the largest difference first.</summary>
    public required IReadOnlyList<FileDifference> Files { get; init; }
}

/// <summary>What became of something of the earlier image.</summary>
public enum DifferenceKind
{
    Same,
    Added,
    Removed,
    Changed,
}

/// <param name="Before">Size there; null where there is none.</param>
/// <param name="After">Size here; null where there is none.</param>
public sealed record LayerDifference(DifferenceKind Kind, string Instruction, long? Before, long? After);

/// <inheritdoc cref="LayerDifference"/>
public sealed record FileDifference(DifferenceKind Kind, string Path, long? Before, long? After)
{
    [JsonIgnore]
    public long Delta => (After ?? 0) - (Before ?? 0);
}

/// <summary>What happened in a build, from its beginning.</summary>
public sealed record ReportedBuild
{
    public required long Milliseconds { get; init; }

    public required IReadOnlyList<ReportedStage> Stages { get; init; }

    /// <summary>In the order of their beginning.</summary>
    public required IReadOnlyList<ReportedStep> Steps { get; init; }
}

/// <param name="Name">Its name for people.</param>
/// <param name="WaitsFor">Names of the stages that it stands on or copies from.</param>
public sealed record ReportedStage(string Name, IReadOnlyList<string> WaitsFor);

/// <summary>A step of a stage, or a pull or push, which belongs to none.</summary>
public sealed record ReportedStep
{
    public required string Stage { get; init; }

    public required string Title { get; init; }

    public required long Start { get; init; }

    public required long End { get; init; }

    /// <summary><c>done</c>, <c>cached</c>, <c>failed</c>, <c>skipped</c>.</summary>
    public required string Outcome { get; init; }

    /// <summary>Names of the stages that the step itself reads from.</summary>
    public IReadOnlyList<string>? WaitsFor { get; init; }

    /// <summary>Why it was not cached, where that is known.</summary>
    public string? Why { get; init; }

    /// <summary>What it depends on that changed since the last build with a report; null where nothing is known to have.</summary>
    public IReadOnlyList<ReportedChange>? Changed { get; init; }
}

/// <summary>JSON of reports. Characters that mean something in HTML are escaped.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(ReportDocument))]
internal sealed partial class ReportJson : JsonSerializerContext;
