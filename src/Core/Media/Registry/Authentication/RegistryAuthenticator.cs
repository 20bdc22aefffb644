using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using ContainerStages.Diagnostics;

namespace ContainerStages.Media.Registry;

/// <summary>
/// Answers the challenges of registries: nothing, Basic, or a bearer token of the server they name, one per scope.
/// Source: distribution, Token Authentication Specification.
/// </summary>
internal sealed class RegistryAuthenticator(RegistryCredentials credentials, RegistryConnections connections, RetryPolicy retry)
    : IDisposable
{
    private const int LargestToken = 256 * 1024;
    private readonly ConcurrentDictionary<Uri, AuthenticationChallenge> challenges = new();
    private readonly ConcurrentDictionary<(Uri Registry, string Scope, RegistryAccess Access), Token> tokens = new();
    private readonly SemaphoreSlim oneTokenAtATime = new(1);

    /// <summary>The header to send at once, as far as this registry's ways are known; null for none.</summary>
    public async Task<AuthenticationHeaderValue?> CurrentAsync(
        RegistryConnection connection, RegistryRequest request, CancellationToken cancellationToken) =>
        challenges.TryGetValue(connection.Base, out var challenge)
            ? await AnswerAsync(challenge, connection, request, cancellationToken)
            : null;

    /// <summary>The header after a refusal, or null where there is nothing (else) to show.</summary>
    public async Task<AuthenticationHeaderValue?> AfterRefusalAsync(
        RegistryConnection connection,
        RegistryRequest request,
        AuthenticationHeaderValue? refused,
        HttpResponseMessage response,
        CancellationToken cancellationToken)
    {
        if (AuthenticationChallenge.Choose(response.Headers) is not { } challenge)
        {
            return null;
        }

        challenges[connection.Base] = challenge;
        if (refused is { Scheme: "Bearer", Parameter: { } old })
        {
            Forget(connection, request, old);
        }

        var answer = await AnswerAsync(challenge, connection, request, cancellationToken);
        return answer is null || answer.Equals(refused) ? null : answer;
    }

    /// <summary>The failure of a request whose login is missing or refused.</summary>
    public async Task<EndpointException> UnauthorizedAsync(
        RegistryRequest request, EndpointFailure kind, CancellationToken cancellationToken) =>
        Unauthorized(request, await FindAsync(request, cancellationToken), kind);

    private EndpointException Unauthorized(RegistryRequest request, RegistryCredential? credential, EndpointFailure kind) => new(
        RegistryDiagnostics.Unauthorized(
            request.Endpoint.Host,
            request.Endpoint.Repository,
            credential?.Origin,
            credential is null ? credentials.Places : [],
            request.Access == RegistryAccess.Push ? "DOTNET_CONTAINER_REGISTRY" : "DOTNET_CONTAINER_PULL_REGISTRY"),
        credential is null ? "login needed" : "credentials refused",
        kind) { Status = HttpStatusCode.Unauthorized };

    public void Dispose() => oneTokenAtATime.Dispose();

    private Task<RegistryCredential?> FindAsync(RegistryRequest request, CancellationToken cancellationToken) =>
        credentials.FindAsync(request.Endpoint.Host, request.Endpoint.Repository, request.Access, cancellationToken);

    private async Task<AuthenticationHeaderValue?> AnswerAsync(
        AuthenticationChallenge challenge, RegistryConnection connection, RegistryRequest request, CancellationToken cancellationToken)
    {
        var credential = await FindAsync(request, cancellationToken);
        if (challenge.IsBearer)
        {
            return new AuthenticationHeaderValue(
                "Bearer",
                credential?.RegistryToken ?? await TokenAsync(challenge, credential, connection, request, cancellationToken));
        }

        return credential is { IdentityToken: null, RegistryToken: null } ? Basic(credential) : null;
    }

    private async Task<string> TokenAsync(
        AuthenticationChallenge challenge,
        RegistryCredential? credential,
        RegistryConnection connection,
        RegistryRequest request,
        CancellationToken cancellationToken)
    {
        var key = (connection.Base, request.Scope, request.Access);
        if (tokens.TryGetValue(key, out var token) && token.IsFresh)
        {
            return token.Value;
        }

        // Several blobs start at once; one of them fetches the token for all.
        await oneTokenAtATime.WaitAsync(cancellationToken);
        try
        {
            if (!tokens.TryGetValue(key, out token) || !token.IsFresh)
            {
                token = await FetchAsync(challenge, credential, connection, request, cancellationToken);
                tokens[key] = token;
            }

            return token.Value;
        }
        finally
        {
            oneTokenAtATime.Release();
        }
    }

    /// <summary>A login that is refused is no obstacle to what everybody may read.</summary>
    private async Task<Token> FetchAsync(
        AuthenticationChallenge challenge,
        RegistryCredential? credential,
        RegistryConnection connection,
        RegistryRequest request,
        CancellationToken cancellationToken)
    {
        try
        {
            return await FetchWithAsync(challenge, credential, connection, request, cancellationToken);
        }
        catch (EndpointException refused) when (credential is not null
            && request.Access == RegistryAccess.Pull
            && refused.Status is not null
            && refused.Kind == EndpointFailure.Final)
        {
            try
            {
                return await FetchWithAsync(challenge, null, connection, request, cancellationToken);
            }
            catch (EndpointException)
            {
                throw refused;
            }
        }
    }

    private async Task<Token> FetchWithAsync(
        AuthenticationChallenge challenge,
        RegistryCredential? credential,
        RegistryConnection connection,
        RegistryRequest request,
        CancellationToken cancellationToken)
    {
        var realm = SafeRealm(challenge, connection, request.Endpoint);
        using var message = credential?.IdentityToken is { } identity
            ? Exchange(realm, challenge, request.Scope, identity)
            : Ask(realm, challenge, request.Scope, credential);
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(retry.Answer);
        try
        {
            using var response = await connections.ClientFor(realm, request.Endpoint).SendAsync(
                message,
                HttpCompletionOption.ResponseHeadersRead,
                limited.Token);
            return await ReadAsync(request, response, credential, limited.Token);
        }
        catch (Exception e) when (NetworkFailure.Is(e, cancellationToken))
        {
            throw NetworkFailure.From(e, request.Endpoint with { Host = realm.Authority });
        }
    }

    private async Task<Token> ReadAsync(
        RegistryRequest request,
        HttpResponseMessage response,
        RegistryCredential? credential,
        CancellationToken cancellationToken)
    {
        if (response.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized)
        {
            throw Unauthorized(request, credential, EndpointFailure.Final);
        }

        if (await RegistryAnswer.FailureAsync(request, response, cancellationToken) is { } failure)
        {
            throw failure;
        }

        var body = response.IsSuccessStatusCode
            ? await BoundedBody.ReadAsync(response.Content, LargestToken, retry.Stall, cancellationToken)
            : null;
        return Parse(body) ?? throw new EndpointException(
            RegistryDiagnostics.MalformedDocument("token", request.Endpoint.Host, "its token server did not answer with a token."),
            "no token",
            EndpointFailure.Final);
    }

    private static Token? Parse(byte[]? body)
    {
        try
        {
            var answer = body is null ? null : JsonSerializer.Deserialize(body, CredentialsJson.Default.TokenAnswer);
            return (answer?.Token ?? answer?.AccessToken) is { Length: > 0 } value
                ? new Token(value, DateTimeOffset.UtcNow.AddSeconds(Math.Max(answer!.ExpiresIn ?? 0, 60) - 10))
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The token server's address, if it is at least as protected as the registry that named it.</summary>
    private static Uri SafeRealm(AuthenticationChallenge challenge, RegistryConnection connection, RegistryEndpoint endpoint)
    {
        var isSafe = Uri.TryCreate(challenge.Realm, UriKind.Absolute, out var realm)
            && (realm.Scheme == "https"
                || (realm.Scheme == "http"
                    && (endpoint.Insecure || (endpoint.IsLoopback && RegistryEndpoint.IsLoopbackName(realm.IdnHost)))
                    && connection.Base.Scheme == "http"));
        return isSafe
            ? realm!
            : throw new EndpointException(
                RegistryDiagnostics.UnsafeTokenServer(endpoint.Host, challenge.Realm),
                "unsafe token server",
                EndpointFailure.Final);
    }

    private static HttpRequestMessage Ask(Uri realm, AuthenticationChallenge challenge, string scope, RegistryCredential? credential)
    {
        var query = new StringBuilder(realm.Query.TrimStart('?'));
        Append(query, "service", challenge.Service);
        foreach (var one in scope.Split(' '))
        {
            Append(query, "scope", one);
        }

        var request = new HttpRequestMessage(HttpMethod.Get, new UriBuilder(realm) { Query = query.ToString() }.Uri);
        request.Headers.Authorization = credential is null ? null : Basic(credential);
        return request;
    }

    private static HttpRequestMessage Exchange(Uri realm, AuthenticationChallenge challenge, string scope, string identityToken) =>
        new(HttpMethod.Post, realm)
    {
        Content = new FormUrlEncodedContent(new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["grant_type"] = "refresh_token",
            ["service"] = challenge.Service,
            ["scope"] = scope,
            ["client_id"] = "containerstages",
            ["refresh_token"] = identityToken,
        }),
    };

    private static void Append(StringBuilder query, string name, string value)
    {
        if (value.Length > 0)
        {
            query.Append(query.Length > 0 ? "&" : "").Append(name).Append('=').Append(Uri.EscapeDataString(value));
        }
    }

    private static AuthenticationHeaderValue Basic(RegistryCredential credential) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{credential.User}:{credential.Secret}")));

    private void Forget(RegistryConnection connection, RegistryRequest request, string value)
    {
        var key = (connection.Base, request.Scope, request.Access);
        if (tokens.TryGetValue(key, out var token) && token.Value == value)
        {
            tokens.TryRemove(KeyValuePair.Create(key, token));
        }
    }

    private sealed record Token(string Value, DateTimeOffset Until)
    {
        public bool IsFresh => DateTimeOffset.UtcNow < Until;
    }
}

internal sealed record TokenAnswer
{
    public string? Token { get; init; }

    [JsonPropertyName("access_token")]
    public string? AccessToken { get; init; }

    /// <summary>Seconds; 60 where it is missing.</summary>
    [JsonPropertyName("expires_in")]
    public int? ExpiresIn { get; init; }

    public override string ToString() => nameof(TokenAnswer);
}
