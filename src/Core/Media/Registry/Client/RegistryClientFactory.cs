using ContainerStages.Contracts;
using ContainerStages.Diagnostics;

namespace ContainerStages.Media.Registry;

/// <summary>Makes the client of a build from its surroundings.</summary>
internal static class RegistryClientFactory
{
    /// <param name="environment">Variables and folders; <see cref="RegistryEnvironment.OfProcess"/> outside of tests.</param>
    /// <param name="mirrors">Mirrors that the build itself names.</param>
    /// <param name="destinationHosts">Registries that the build pushes to: the .NET SDK's variables for pushing are for them.</param>
    /// <param name="baseHosts">Registries that the .NET SDK's variables for pulling are for.</param>
    /// <param name="events">Told while a registry does not answer for long; null for nobody.</param>
    /// <exception cref="BuildFailedException">A configuration file is not valid.</exception>
    public static RegistryClient Create(
        RegistryEnvironment environment,
        IReadOnlyList<RegistryMirror> mirrors,
        IEnumerable<string> destinationHosts,
        IEnumerable<string> baseHosts,
        IBuildEvents? events = null) =>
        new(
            RegistriesConfigurationReader.Load(environment, mirrors),
            new RegistryCredentials(environment, destinationHosts, baseHosts),
            environment,
            events);
}
