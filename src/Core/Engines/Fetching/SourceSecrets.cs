using System.Text;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Planning;

namespace ContainerStages.Engines;

/// <summary>
/// Secrets that name by their id the server they are for: <c>HTTP_AUTH_HEADER_host</c>, <c>HTTP_AUTH_TOKEN_host</c> for downloads,
/// <c>GIT_AUTH_HEADER[.host]</c>, <c>GIT_AUTH_TOKEN[.host]</c> for repositories. Source: BuildKit, source/http and source/git; Docker docs,
/// Build secrets.
/// </summary>
internal sealed class SourceSecrets(BuildSecrets secrets)
{
    /// <summary>The Authorization header for a server; null for none.</summary>
    /// <exception cref="BuildFailedException">The secret cannot be read, or is no header.</exception>
    public string? ForDownload(Uri address, SourceLocation? location) =>
        (Read($"HTTP_AUTH_TOKEN_{address.Host}", location) is { } token ? "Bearer " + token : null)
        ?? Read($"HTTP_AUTH_HEADER_{address.Host}", location);

    /// <inheritdoc cref="ForDownload"/>
    /// <param name="remote">Address of a repository; only those over http and https get one.</param>
    /// <param name="location">For messages.</param>
    public string? ForRepository(string remote, SourceLocation? location)
    {
        if (ServerOf(remote) is not { } server)
        {
            return null;
        }

        return Read($"GIT_AUTH_HEADER.{server.Authority}", location)
            ?? Basic(Read($"GIT_AUTH_TOKEN.{server.Authority}", location))
            ?? Read("GIT_AUTH_HEADER", location)
            ?? Basic(Read("GIT_AUTH_TOKEN", location));
    }

    /// <summary>The server of a repository over http or https; null for any other.</summary>
    public static Uri? ServerOf(string remote) =>
        Uri.TryCreate(remote, UriKind.Absolute, out var address)
            && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps) ? address : null;

    private static string? Basic(string? token) =>
        token is null ? null : "basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes("x-access-token:" + token));

    private string? Read(string id, SourceLocation? location)
    {
        if (secrets.Read(new PlannedSecret(null, id, null, Required: false, new FileOwner(null, null, null)), location) is not { } bytes)
        {
            return null;
        }

        var text = Encoding.UTF8.GetString(bytes).Trim();
        return text.Length > 0 && !text.Any(char.IsControl)
            ? text
            : throw new BuildFailedException(ContextDiagnostics.SecretNoHeader(id, location));
    }
}
