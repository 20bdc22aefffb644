using System.Collections.Immutable;
using ContainerStages.Caching;
using ContainerStages.Content;
using ContainerStages.Contracts;
using ContainerStages.Planning;
using ContainerStages.Snapshots;
using ContainerStages.Stages;

namespace ContainerStages.Engines;

/// <summary>What an engine is asked for: the files of the target stage of each build.</summary>
internal sealed record EngineRequest
{
    /// <summary>One for each platform.</summary>
    public required ImmutableArray<PlatformBuild> Builds { get; init; }

    public required ContextFolder Context { get; init; }

    /// <summary>Full paths of files and folders that the build is writing; no context shows them.</summary>
    public IReadOnlyList<string> OwnOutput { get; init; } = [];

    public CommandSettings Commands { get; init; } = new();

    public ImageForm Form { get; init; } = new();

    public BuildPolicy Policy { get; init; } = new();

    /// <summary>Gets the layers of the image; null for the store itself.</summary>
    public IContentStore? Layers { get; init; }

    /// <summary>Gets what the steps read; null where nobody asks.</summary>
    public InputLog? Inputs { get; init; }
}

/// <summary>The stages of one platform's image: as they are written, the images that they name, and what has to happen for them.</summary>
/// <param name="Graph">Words are not expanded: an engine that reads Dockerfiles gets its text from here.</param>
/// <param name="Images">Manifest and configuration of each image of the graph.</param>
/// <param name="Plan">Every word is expanded: an engine that runs steps itself reads this.</param>
internal sealed record PlatformBuild(StageGraph Graph, IReadOnlyDictionary<NamedBase, ImageBase> Images, BuildPlan Plan);

/// <summary>The folder that COPY reads from.</summary>
/// <param name="Path">A folder of this machine.</param>
/// <param name="Filter">What of it is hidden; null for nothing.</param>
internal sealed record ContextFolder(string Path, IPathFilter? Filter = null);
