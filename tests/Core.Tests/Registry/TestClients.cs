using ContainerStages.Contracts;
using ContainerStages.Registry;
using ContainerStages.TestKit;

namespace ContainerStages.Core.Tests.Registry;

/// <summary>Clients that know nothing of this machine's configuration and do not wait long before they try again.</summary>
internal static class TestClients
{
    public static RegistryClient Create(string configuration = "", params RegistryMirror[] mirrors) =>
        Create(Configuration(configuration, mirrors), new RegistryCredentials(Environment()));

    /// <summary>A client that is logged in to a host through the variables of the .NET SDK.</summary>
    public static RegistryClient CreateFor(string host, string password = RegistryServer.Password, string configuration = "") =>
        Create(Configuration(configuration), new RegistryCredentials(
            Environment(("DOTNET_CONTAINER_REGISTRY_UNAME", RegistryServer.User), ("DOTNET_CONTAINER_REGISTRY_PWORD", password)), pushHosts: [host]));

    public static RegistryClient Create(RegistriesConfiguration configuration, RegistryCredentials credentials) =>
        new(configuration, credentials, new RetryPolicy { FirstDelay = TimeSpan.FromMilliseconds(1) });

    public static RegistriesConfiguration Configuration(string text, params RegistryMirror[] mirrors) =>
        new() { Registries = RegistriesConfigurationReader.Parse(text, "test.conf"), Mirrors = [.. mirrors] };

    public static RegistryEnvironment Environment(params (string Name, string Value)[] variables) => new()
    {
        Variables = variables.ToDictionary(variable => variable.Name, variable => variable.Value, StringComparer.Ordinal),
        SystemDirectory = "/nonexistent",
    };
}
