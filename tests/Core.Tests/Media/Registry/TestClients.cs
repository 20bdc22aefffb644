using ContainerStages.Contracts;
using ContainerStages.Media.Registry;
using ContainerStages.TestKit;

namespace ContainerStages.Core.Tests.Media.Registry;

/// <summary>Clients that know nothing of this machine's configuration and do not wait long before they try again.</summary>
internal static class TestClients
{
    public static RegistryClient Create(string configuration = "", params RegistryMirror[] mirrors) =>
        Create(Configuration(configuration, mirrors), Environment());

    /// <summary>A client that is logged in to a host through the variables of the .NET SDK.</summary>
    public static RegistryClient CreateFor(string host, string password = RegistryServer.Password, string configuration = "") =>
        Create(Configuration(configuration), Login(password), host);

    public static RegistryClient Create(
        RegistriesConfiguration configuration, RegistryEnvironment environment, params string[] pushHosts) =>
        Create(configuration, environment, new RetryPolicy { FirstDelay = TimeSpan.FromMilliseconds(1) }, pushHosts);

    public static RegistryClient Create(
        RegistriesConfiguration configuration, RegistryEnvironment environment, RetryPolicy retry, params string[] pushHosts) =>
        new(configuration, new RegistryCredentials(environment, pushHosts), environment, retry);

    /// <summary>Name and password in the variables of the .NET SDK, and more variables.</summary>
    public static RegistryEnvironment Login(string password = RegistryServer.Password, params (string Name, string Value)[] variables) =>
        Environment(
            [("DOTNET_CONTAINER_REGISTRY_UNAME", RegistryServer.User), ("DOTNET_CONTAINER_REGISTRY_PWORD", password), .. variables]);

    public static RegistriesConfiguration Configuration(string text, params RegistryMirror[] mirrors) =>
        new() { Registries = RegistriesConfigurationReader.Parse(text, "test.conf"), Mirrors = [.. mirrors] };

    public static RegistryEnvironment Environment(params (string Name, string Value)[] variables) => new()
    {
        Variables = variables.ToDictionary(variable => variable.Name, variable => variable.Value, StringComparer.Ordinal),
        SystemDirectory = "/nonexistent",
        DockerDirectory = "/nonexistent",
        RuntimeDirectory = "/nonexistent",
    };
}
