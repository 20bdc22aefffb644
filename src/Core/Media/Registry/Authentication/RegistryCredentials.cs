using System.Collections.Concurrent;
using ContainerStages.Diagnostics;

namespace ContainerStages.Media.Registry;

/// <summary>
/// Finds credentials of a registry, for that registry alone: the .NET SDK's variables, then Docker's and Podman's files and the
/// credential helpers they name.
/// </summary>
/// <remarks>
/// The variables name no host, so they apply only to the hosts given here; a build that uses several registries would otherwise show
/// one registry's password to another.
/// </remarks>
internal sealed class RegistryCredentials
{
    private readonly RegistryEnvironment environment;
    private readonly HashSet<string> pushHosts;
    private readonly HashSet<string> pullHosts;
    private readonly Lazy<IReadOnlyList<CredentialsFile>> files;
    private readonly (string Host, RegistryCredential Credential)? given;
    private readonly ConcurrentDictionary<string, Lazy<Task<RegistryCredential?>>> found = new(StringComparer.Ordinal);

    /// <param name="environment">Where files and variables are looked for.</param>
    /// <param name="pushHosts">Hosts of the build's destinations: for these, *_PUSH_REGISTRY_* and *_REGISTRY_* variables.</param>
    /// <param name="pullHosts">Hosts that the *_PULL_REGISTRY_* variables are for.</param>
    public RegistryCredentials(
        RegistryEnvironment environment,
        IEnumerable<string>? pushHosts = null,
        IEnumerable<string>? pullHosts = null)
    {
        this.environment = environment;
        this.pushHosts = (pushHosts ?? []).ToHashSet(StringComparer.Ordinal);
        this.pullHosts = (pullHosts ?? []).ToHashSet(StringComparer.Ordinal);
        files = new(() => [.. FromVariable(environment), .. FilesOf(environment).Where(File.Exists).Select(CredentialsFile.Read)]);
    }

    /// <summary>One credential for one host, and none else: a login that is still to be verified.</summary>
    internal RegistryCredentials(RegistryEnvironment environment, string host, RegistryCredential credential)
        : this(environment) => given = (host, credential);

    /// <summary>Where a login was looked for, for messages: the files that exist, else the one where Docker's would be.</summary>
    public IReadOnlyList<string> Places =>
        files.Value is { Count: > 0 } read
            ? [.. read.Select(file => file.Name)]
            : DockerFileOf(environment) is { } usual
            ? [usual + " (which does not exist)"]
            : [];

    /// <summary>Docker's configuration file; null without a home folder.</summary>
    public static string? DockerFileOf(RegistryEnvironment environment) =>
        environment["DOCKER_CONFIG"] is { } folder ? Path.Combine(folder, "config.json") : environment.UnderHome(".docker/config.json");

    /// <summary>The credential of a host, or null for anonymous. The first file that knows the host decides.</summary>
    /// <exception cref="BuildFailedException">A file is not valid, or a helper failed.</exception>
    public async Task<RegistryCredential?> FindAsync(
        string host,
        string repository,
        RegistryAccess access,
        CancellationToken cancellationToken)
    {
        if (given is { } one)
        {
            return one.Host == host ? one.Credential : null;
        }

        if (FromVariables(host, access) is { } credential)
        {
            return credential;
        }

        // Helpers may be slow and are asked once; whoever waits for the answer can still give up.
        var search = found.GetOrAdd($"{host}/{repository}", _ => new(() => FromFilesAsync(host, repository)));
        return await search.Value.WaitAsync(cancellationToken);
    }

    private async Task<RegistryCredential?> FromFilesAsync(string host, string repository)
    {
        foreach (var file in files.Value)
        {
            if (file.HelperFor(host) is { } helper
                && await new CredentialHelper(helper, environment).GetAsync(host, CancellationToken.None) is { } helped)
            {
                return helped.From($"docker-credential-{helper} (named in {file.Name})");
            }

            if (file.Find(host, repository) is { } credential)
            {
                return credential.From(file.Name);
            }
        }

        return null;
    }

    private RegistryCredential? FromVariables(string host, RegistryAccess access)
    {
        var isDestination = pushHosts.Contains(host);
        if (access == RegistryAccess.Push)
        {
            return isDestination ? Variables("PUSH_REGISTRY") ?? Variables("REGISTRY") : null;
        }

        // As in the .NET SDK: pulling from the registry that is pushed to may use its credentials.
        return (pullHosts.Contains(host) || isDestination ? Variables("PULL_REGISTRY") : null)
            ?? (isDestination ? Variables("REGISTRY") : null);
    }

    private RegistryCredential? Variables(string name) =>
        Pair($"DOTNET_CONTAINER_{name}") ?? Pair($"SDK_CONTAINER_{name}");

    private RegistryCredential? Pair(string prefix) =>
        environment[prefix + "_UNAME"] is { } user && environment[prefix + "_PWORD"] is { } secret
        ? (user == CredentialHelper.IdentityTokenUser ? RegistryCredential.Identity(secret) : RegistryCredential.Password(user, secret))
            .From($"the variables {prefix}_UNAME and {prefix}_PWORD")
        : null;

    /// <summary>The text of a config.json, as CI systems hand it over. Source: Docker CLI, environment variables.</summary>
    private static IEnumerable<CredentialsFile> FromVariable(RegistryEnvironment environment) =>
        environment["DOCKER_AUTH_CONFIG"] is { } json
            ? [CredentialsFile.Parse(System.Text.Encoding.UTF8.GetBytes(json), "DOCKER_AUTH_CONFIG")]
            : [];

    private static IEnumerable<string> FilesOf(RegistryEnvironment environment) => new[]
    {
        environment["REGISTRY_AUTH_FILE"],
        DockerFileOf(environment),
        Path.Combine(
            environment["XDG_RUNTIME_DIR"] is { } runtime ? Path.Combine(runtime, "containers") : environment.RuntimeDirectory,
            "auth.json"),
        environment.UnderHome(".config/containers/auth.json"),
    }.OfType<string>();
}
