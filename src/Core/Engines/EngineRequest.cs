using System.Collections.Immutable;
using ContainerStages.Caching;
using ContainerStages.Contracts;
using ContainerStages.Planning;
using ContainerStages.Snapshots;
using ContainerStages.Stages;

namespace ContainerStages.Engines;

/// <summary>What an engine is asked for: the files of the target stage of each build.</summary>
public sealed record EngineRequest
{
    /// <summary>One for each platform.</summary>
    public required ImmutableArray<PlatformBuild> Builds { get; init; }

    public required ContextFolder Context { get; init; }

    /// <summary>Full paths of files that the build is writing; no context shows them.</summary>
    public IReadOnlyList<string> OwnOutput { get; init; } = [];

    public CommandSettings Commands { get; init; } = new();

    public LayerForm Form { get; init; } = new();

    public RunPolicy Policy { get; init; } = new();
}

/// <summary>The stages of one platform's image: as they are written, the images that they name, and what has to happen for them.</summary>
/// <param name="Graph">Words are not expanded: an engine that reads Dockerfiles gets its text from here.</param>
/// <param name="Images">Manifest and configuration of each image of the graph.</param>
/// <param name="Plan">Every word is expanded: an engine that runs steps itself reads this.</param>
public sealed record PlatformBuild(StageGraph Graph, IReadOnlyDictionary<NamedBase, ImageBase> Images, BuildPlan Plan);

/// <summary>The folder that COPY reads from.</summary>
/// <param name="Path">A folder of this machine.</param>
/// <param name="Filter">What of it is hidden; null for nothing.</param>
public sealed record ContextFolder(string Path, IPathFilter? Filter = null);

/// <summary>The form of layers as they stand in an image.</summary>
public sealed record LayerForm
{
    /// <summary>Every time in layers and history, in seconds since 1970.</summary>
    public long Epoch { get; init; }

    public ImageFormat Format { get; init; }

    public LayerCompression Compression { get; init; }

    /// <summary>Null for the compression's own default.</summary>
    public int? CompressionLevel { get; init; }

    /// <summary>Names the blob of the layer <paramref name="layer"/> in this form.</summary>
    internal LayerKey KeyOf(string layer) =>
        new($"{layer}-{Format}-{Epoch}" + (Compression == LayerCompression.Gzip && CompressionLevel is null ? "" : $"-{Compression}{CompressionLevel}"));
}

/// <summary>What of earlier builds and of the network may be used.</summary>
public sealed record RunPolicy
{
    /// <summary>True: addresses and repositories are not asked, and commands that run have no network.</summary>
    public bool Offline { get; init; }

    /// <summary>Run every step, whatever the store knows.</summary>
    public bool NoCache { get; init; }

    /// <summary>Stages, by name, of which every step is run whatever the store knows.</summary>
    public IReadOnlySet<string> NoCacheStages { get; init; } = ImmutableHashSet<string>.Empty;

    /// <summary>True where no result of an earlier build counts for the stage.</summary>
    public bool IsRunAgain(string stage) => NoCache || NoCacheStages.Contains(stage);
}
