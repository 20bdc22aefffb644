using System.Collections.Immutable;
using ContainerStages.Oci;
using ContainerStages.Stages;

namespace ContainerStages.Dockerfile;

/// <summary>
/// What a front end needs beside the text: values for ARG, and the platforms of the image and of the machine that builds.
/// </summary>
public sealed record FrontEndOptions
{
    public IReadOnlyDictionary<string, string> BuildArgs { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Those of the arguments that are the builder's own.</summary>
    public BuildKitArguments BuildKit => new(BuildArgs);

    /// <summary>The stage that is asked for, or null.</summary>
    public string? TargetStage { get; init; }

    public Platform Target { get; init; } = Platform.Host;

    public Platform Build { get; init; } = Platform.Host;

    /// <summary>The build context: a Dockerfile in it may be a link to another file of it, but to no other; null for none.</summary>
    public string? ContextDirectory { get; init; }

    /// <summary>The rules of the context, for the check that warns of copies they make impossible; null where they are not known.</summary>
    public IgnoreFile? Ignore { get; init; }
}
