using ContainerStages.Oci;

namespace ContainerStages.Media.Daemons;

/// <summary>Opens the store of an engine.</summary>
public static class EngineStore
{
    /// <exception cref="Diagnostics.BuildFailedException">The engine's address is not understood.</exception>
    public static IEngineStore Open(ImageTransport transport) => transport switch
    {
        ImageTransport.DockerStore => DockerStore.Open(Environment.GetEnvironmentVariable("DOCKER_HOST")),
        ImageTransport.PodmanStore => new PodmanStore(),
        _ => throw new ArgumentException($"{transport} is no engine.", nameof(transport)),
    };
}
