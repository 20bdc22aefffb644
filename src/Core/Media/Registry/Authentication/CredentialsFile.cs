using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;

namespace ContainerStages.Media.Registry;

/// <summary>Docker's <c>config.json</c> or Podman's <c>auth.json</c>. Source: docker login reference; containers-auth.json(5).</summary>
internal sealed class CredentialsFile
{
    private const string DockerHubKey = "https://index.docker.io/v1/";
    private readonly CredentialsDocument document;

    private CredentialsFile(CredentialsDocument document, string name) => (this.document, Name) = (document, name);

    /// <summary>Its path, or the variable that holds it; for messages.</summary>
    public string Name { get; }

    /// <summary>Reads a file; what it holds is never part of a message.</summary>
    /// <exception cref="BuildFailedException">The file cannot be read or is not valid.</exception>
    public static CredentialsFile Read(string file)
    {
        try
        {
            return Parse(File.ReadAllBytes(file), file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BuildFailedException(
                RegistryDiagnostics.InvalidConfiguration(new SourceLocation(file), $"The registry credentials cannot be read: {e.Message}"),
                e);
        }
    }

    /// <summary>Reads what such a file holds; <paramref name="source"/> is its name, for messages.</summary>
    /// <exception cref="BuildFailedException">It is not valid.</exception>
    public static CredentialsFile Parse(ReadOnlySpan<byte> json, string source)
    {
        try
        {
            return new CredentialsFile(
                JsonSerializer.Deserialize(json, CredentialsJson.Default.CredentialsDocument) ?? new CredentialsDocument(),
                source);
        }
        catch (JsonException e)
        {
            var location = new SourceLocation(source, (int)(e.LineNumber ?? -1) + 1);
            throw new BuildFailedException(RegistryDiagnostics.InvalidConfiguration(
                location,
                "These registry credentials are not valid JSON of the form that 'dotnet-stages login' and 'docker login' write."));
        }
    }

    /// <summary>Name of the program <c>docker-credential-NAME</c> that is to be asked for a host, or null.</summary>
    public string? HelperFor(string host)
    {
        var helper = document.CredHelpers?.FirstOrDefault(entry => HostOf(entry.Key) == host).Value ?? document.CredsStore;
        return string.IsNullOrEmpty(helper) ? null : helper;
    }

    /// <summary>The entry written for the repository, or the nearest folder above it, or its host.</summary>
    public RegistryCredential? Find(string host, string repository)
    {
        if (document.Auths is not { } auths)
        {
            return null;
        }

        for (var name = $"{host}/{repository}"; name.Contains('/', StringComparison.Ordinal); name = name[..name.LastIndexOf('/')])
        {
            if (auths.TryGetValue(name, out var entry) && entry?.ToCredential() is { } nearer)
            {
                return nearer;
            }
        }

        return auths
            .Where(entry => HostOf(entry.Key) == host)
            .Select(entry => entry.Value?.ToCredential()).FirstOrDefault(credential => credential is not null);
    }

    /// <summary>What Docker calls a registry when it asks a helper.</summary>
    public static string ServerName(string host) => host == "docker.io" ? DockerHubKey : host;

    /// <summary>
    /// Host of a key, which may be a URL as older versions wrote it; a key with a repository is for that repository alone.
    /// </summary>
    internal static string HostOf(string key)
    {
        var isUrl = key.Contains("://", StringComparison.Ordinal);
        var name = isUrl ? key[(key.IndexOf("://", StringComparison.Ordinal) + 3)..] : key;
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        var rest = slash < 0 ? "" : name[(slash + 1)..].TrimEnd('/');
        var host = slash < 0 ? name : name[..slash];
        return rest is not ("" or "v1" or "v2") ? key : host is "index.docker.io" or "registry-1.docker.io" ? "docker.io" : host;
    }
}

internal sealed record CredentialsDocument
{
    public Dictionary<string, CredentialsEntry?>? Auths { get; init; }

    public Dictionary<string, string>? CredHelpers { get; init; }

    public string? CredsStore { get; init; }
}

internal sealed record CredentialsEntry
{
    public string? Auth { get; init; }

    public string? Username { get; init; }

    public string? Password { get; init; }

    [JsonPropertyName("identitytoken")]
    public string? IdentityToken { get; init; }

    [JsonPropertyName("registrytoken")]
    public string? RegistryToken { get; init; }

    public RegistryCredential? ToCredential()
    {
        if (!string.IsNullOrEmpty(IdentityToken))
        {
            return RegistryCredential.Identity(IdentityToken);
        }

        if (!string.IsNullOrEmpty(RegistryToken))
        {
            return RegistryCredential.Bearer(RegistryToken);
        }

        if (!string.IsNullOrEmpty(Username) && Password is not null)
        {
            return RegistryCredential.Password(Username, Password);
        }

        return FromBase64(Auth);
    }

    private static RegistryCredential? FromBase64(string? auth)
    {
        var bytes = new byte[(auth?.Length ?? 0) + 3];
        if (string.IsNullOrEmpty(auth) || !Convert.TryFromBase64String(auth, bytes, out var length))
        {
            return null;
        }

        // Docker pads some passwords with NUL.
        var pair = Encoding.UTF8.GetString(bytes, 0, length).TrimEnd('\0');
        var colon = pair.IndexOf(':', StringComparison.Ordinal);
        return colon <= 0 ? null : RegistryCredential.Password(pair[..colon], pair[(colon + 1)..]);
    }

    public override string ToString() => nameof(CredentialsEntry);
}

[JsonSourceGenerationOptions(PropertyNameCaseInsensitive = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(CredentialsDocument))]
[JsonSerializable(typeof(HelperAnswer))]
[JsonSerializable(typeof(HelperQuestion))]
[JsonSerializable(typeof(TokenAnswer))]
[JsonSerializable(typeof(ErrorAnswer))]
internal sealed partial class CredentialsJson : JsonSerializerContext;
