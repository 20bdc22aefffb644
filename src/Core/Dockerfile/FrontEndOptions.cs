using System.Collections.Immutable;
using ContainerStages.Oci;

namespace ContainerStages.Dockerfile;

/// <summary>What a front end needs beside the text: values for ARG, and the platforms of the image and of the machine that builds.</summary>
public sealed record FrontEndOptions
{
    public IReadOnlyDictionary<string, string> BuildArgs { get; init; } = ImmutableDictionary<string, string>.Empty;

    public Platform Target { get; init; } = Platform.Host;

    public Platform Build { get; init; } = Platform.Host;
}
