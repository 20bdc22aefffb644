using ContainerStages.Contracts;
using ContainerStages.Oci;

namespace ContainerStages.Stages;

/// <summary>What a stage builds on, or what a copy takes from.</summary>
public abstract record StageSource
{
    private StageSource()
    {
    }

    /// <summary>The base without files.</summary>
    public sealed record Scratch : StageSource;

    /// <summary>An image of a registry or store; <see cref="Location"/> is where the user named it.</summary>
    public sealed record Image(ImageReference Reference, SourceLocation Location) : StageSource;

    /// <summary>A folder of this machine, given as a named context. Only COPY can take from it.</summary>
    public sealed record Folder(string Path) : StageSource;

    /// <summary>Another stage of the build, by its <see cref="Stage.Index"/>.</summary>
    public sealed record OtherStage(int Index) : StageSource;
}
