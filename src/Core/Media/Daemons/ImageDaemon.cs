using ContainerStages.Contracts;

namespace ContainerStages.Media.Daemons;

/// <summary>Opens the images of an engine.</summary>
internal static class ImageDaemon
{
    /// <exception cref="Diagnostics.BuildFailedException">The engine's address is not understood.</exception>
    public static IImageDaemon Open(Medium medium) => medium.Kind switch
    {
        MediumKind.Docker => DockerImages.Open(Environment.GetEnvironmentVariable),
        MediumKind.Podman => new PodmanImages(),
        _ => throw new ArgumentException($"{medium} is no engine.", nameof(medium)),
    };
}
