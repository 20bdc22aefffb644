using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ContainerStages.TestKit;

/// <summary>
/// A token server whose tokens the real registry verifies: JWTs signed with a key whose certificate the registry was given. Everybody may
/// pull; pushing is for <see cref="RegistryServer.User"/>. Source: distribution, Token Authentication Specification, and its JWT.
/// </summary>
public sealed class TokenServer : LoopbackWebServer
{
    public const string Issuer = "test-issuer";
    public const string Service = "test-service";
    public const string IdentityToken = "identity-t0ken-of-the-tester";

    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 certificate;
    private readonly ConcurrentQueue<TokenRequest> requests = new();

    public TokenServer()
        : base("localhost")
    {
        var request = new CertificateRequest("CN=tokens", key, HashAlgorithmName.SHA256);
        certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }

    public string Realm => Address + "token";

    public IReadOnlyList<TokenRequest> Requests => [.. requests];

    /// <summary>The certificate that the registry must know (rootcertbundle).</summary>
    public string CertificatePem => certificate.ExportCertificatePem();

    protected override Task EndAsync()
    {
        certificate.Dispose();
        key.Dispose();
        return Task.CompletedTask;
    }

    protected override async Task AnswerAsync(HttpListenerContext request)
    {
        var asked = await TokenRequest.ReadAsync(request.Request);
        requests.Enqueue(asked);
        if (asked.User is { Length: 0 })
        {
            request.Response.StatusCode = 401;
        }
        else
        {
            var token = Sign(asked);
            var answer =
                new JsonObject { [asked.Method == "POST" ? "access_token" : "token"] = token, ["expires_in"] = (int)Lifetime.TotalSeconds };
            request.Response.ContentType = "application/json";
            request.Response.OutputStream.Write(Encoding.UTF8.GetBytes(answer.ToJsonString()));
        }

        request.Response.Close();
    }

    private string Sign(TokenRequest request)
    {
        var header =
            new JsonObject { ["typ"] = "JWT", ["alg"] = "ES256", ["x5c"] = new JsonArray(Convert.ToBase64String(certificate.RawData)) };
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var claims = new JsonObject
        {
            ["iss"] = Issuer,
            ["sub"] = request.User ?? "",
            ["aud"] = Service,
            ["exp"] = now + (long)Lifetime.TotalSeconds,
            ["nbf"] = now - 10,
            ["iat"] = now,
            ["jti"] = Guid.NewGuid().ToString(),
            ["access"] = new JsonArray([.. request.Scopes.Select(scope => Access(scope, request.User is not null))]),
        };
        var text = $"{Encode(header)}.{Encode(claims)}";
        return $"{text}.{Base64Url.EncodeToString(key.SignData(Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256))}";
    }

    private static JsonObject Access(string scope, bool isKnown)
    {
        var (first, last) = (scope.IndexOf(':', StringComparison.Ordinal), scope.LastIndexOf(':'));
        var actions = scope[(last + 1)..].Split(',').Where(action => isKnown || action == "pull");
        return new JsonObject
        {
            ["type"] = scope[..first],
            ["name"] = scope[(first + 1)..last],
            ["actions"] = new JsonArray([.. actions.Select(action => JsonValue.Create(action))]),
        };
    }

    private static string Encode(JsonObject part) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(part));
}

/// <summary>What a client asked the token server for. The user is null for nobody, and empty for wrong credentials.</summary>
public sealed record TokenRequest(string Method, string? User, IReadOnlyList<string> Scopes, string Service)
{
    internal static async Task<TokenRequest> ReadAsync(HttpListenerRequest request)
    {
        if (request.HttpMethod == "POST")
        {
            using var reader = new StreamReader(request.InputStream);
            var form = System.Web.HttpUtility.ParseQueryString(await reader.ReadToEndAsync());
            return new TokenRequest(
                "POST",
                form["refresh_token"] == TokenServer.IdentityToken ? RegistryServer.User : "",
                (form["scope"] ?? "").Split(' '),
                form["service"] ?? "");
        }

        var expected = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{RegistryServer.User}:{RegistryServer.Password}"));
        var user = request.Headers["Authorization"] is not { } shown ? null : shown == expected ? RegistryServer.User : "";
        return new TokenRequest("GET", user, request.QueryString.GetValues("scope") ?? [], request.QueryString["service"] ?? "");
    }
}
