using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Oci;
using ContainerStages.Stages;

namespace ContainerStages.Dockerfile;

/// <summary>
/// The language of a file: that of docker/dockerfile and docker/dockerfile-upstream, whose image may have any tag or digest and lie in any
/// registry, also below another path, as mirrors have it. Source: Dockerfile reference, syntax; the build argument BUILDKIT_SYNTAX wins.
/// </summary>
internal static class DockerfileSyntax
{
    private static readonly string[] Names = ["docker/dockerfile", "docker/dockerfile-upstream"];

    /// <summary>What is wrong with the language of a file, or null.</summary>
    public static Diagnostic? Check(Directive? directive, BuildKitArguments arguments, SourceLocation file) =>
        (arguments.Syntax ?? directive?.Value) is { } value && !IsDockerfile(value)
            ? DockerfileDiagnostics.ForeignSyntax(value, arguments.Syntax is null ? directive!.Location : file)
            : null;

    private static bool IsDockerfile(string value) => ImageReference.TryParse(value.Split(' ')[0]) is { } image
        && Names.Any(name => image.Repository == name || image.Repository.EndsWith("/" + name, StringComparison.Ordinal));
}
