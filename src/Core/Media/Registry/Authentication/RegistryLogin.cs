using System.Net;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;

namespace ContainerStages.Media.Registry;

/// <summary>
/// Logs in to registries and out of them, as <c>docker login</c> does: what was verified is kept in Docker's configuration file, or by the
/// credential helper that this file names. Source: Docker CLI, docker login.
/// </summary>
public sealed class RegistryLogin(RegistryEnvironment environment)
{
    private readonly RetryPolicy retry = new();

    /// <summary>
    /// Host of a registry as people write it: <c>https://index.docker.io/v1/</c>, <c>localhost:5000</c>; Docker Hub where nothing is
    /// written.
    /// </summary>
    /// <returns>Null where it is no registry.</returns>
    public static string? HostOf(string text)
    {
        var rest = text.Contains("://", StringComparison.Ordinal) ? text[(text.IndexOf("://", StringComparison.Ordinal) + 3)..] : text;
        var host = rest.Split('/')[0] switch
        {
            "" or "docker.io" or "index.docker.io" or "registry-1.docker.io" or "registry.hub.docker.com" => "docker.io",
            var other => other.ToLowerInvariant(),
        };
        return Oci.ImageReference.TryParse($"{host}/x") is { } parsed && parsed.Registry == host ? host : null;
    }

    /// <summary>Shows the registry the login and keeps it where the registry accepts it.</summary>
    /// <returns>Where it is kept, and a warning where another login comes before it.</returns>
    /// <exception cref="BuildFailedException">
    /// The registry refused or could not be reached, or the login cannot be kept; then nothing has changed.
    /// </exception>
    public async Task<(string Place, Diagnostic? Warning)> LoginAsync(
        string host, string user, string secret, CancellationToken cancellationToken)
    {
        var file = DockerConfiguration.Open(environment, host);
        await VerifyAsync(host, user, secret, cancellationToken);
        var place = file.Path;
        if (file.HelperFor(host) is { } helper)
        {
            await new CredentialHelper(helper, environment).StoreAsync(host, user, secret, cancellationToken);
            file.SetKeptElsewhere(host);
            place = $"docker-credential-{helper}";
        }
        else
        {
            file.Set(host, user, secret);
        }

        file.Save(host);
        return (place, await HiddenByAsync(host, user, secret, cancellationToken));
    }

    /// <summary>Forgets the login; false where there is none.</summary>
    /// <exception cref="BuildFailedException">The file cannot be read or written, or the helper failed.</exception>
    public async Task<bool> LogoutAsync(string host, CancellationToken cancellationToken)
    {
        var file = DockerConfiguration.Open(environment, host);
        var erased = file.HelperFor(host) is { } helper
            && await new CredentialHelper(helper, environment).EraseAsync(host, cancellationToken);
        var removed = file.Remove(host);
        if (removed)
        {
            file.Save(host);
        }

        return erased || removed;
    }

    private async Task VerifyAsync(string host, string user, string secret, CancellationToken cancellationToken)
    {
        var configuration = RegistriesConfigurationReader.Load(environment, []);
        var endpoint = configuration.DestinationFor(Oci.ImageReference.Parse($"{host}/x")) with { Host = host, Repository = "" };
        using var transport = new RegistryTransport(
            new RegistryCredentials(environment, host, RegistryCredential.Password(user, secret)),
            environment,
            retry,
            NoBuildEvents.Instance);
        try
        {
            var request = new RegistryRequest
            {
                Method = HttpMethod.Get,
                Endpoint = endpoint,
                Target = await transport.ResolveAsync(endpoint, new Uri("/v2/", UriKind.Relative), cancellationToken),
                // As for a push nobody is let in without the login.
                Access = RegistryAccess.Push,
            };
            using var response = await transport.SendAsync(request, cancellationToken);
            if (!response.IsSuccessStatusCode)
            {
                throw await RegistryAnswer.UnexpectedAsync(request, response, cancellationToken);
            }
        }
        catch (EndpointException e)
        {
            throw new BuildFailedException(
                e.Status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden
                    ? RegistryDiagnostics.LoginRefused(host, user)
                    : e.Diagnostic,
                e);
        }
    }

    /// <summary>Other files and variables come before Docker's file. Source: <see cref="RegistryCredentials"/>.</summary>
    private async Task<Diagnostic?> HiddenByAsync(string host, string user, string secret, CancellationToken cancellationToken)
    {
        var found = await new RegistryCredentials(environment, [host], [host]).FindAsync(host, "", RegistryAccess.Push, cancellationToken);
        return found is null || (found.User == user && found.Secret == secret) ? null : RegistryDiagnostics.LoginHidden(host, found.Origin);
    }
}
