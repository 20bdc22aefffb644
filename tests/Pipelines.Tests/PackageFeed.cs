using System.Collections.Concurrent;
using System.Net;
using System.Text;
using ContainerStages.TestKit;

namespace ContainerStages.Pipelines.Tests;

/// <summary>
/// A NuGet feed on loopback with what build/pack.sh packed; with a password it answers nobody else. Source: NuGet server API: service
/// index, package metadata, package content.
/// </summary>
internal sealed class PackageFeed(string? password) : LoopbackWebServer
{
    public const string User = "reader";
    private const string Version = "0.1.0";

    /// <summary>Every login that came, also wrong ones.</summary>
    public ConcurrentBag<string> Logins { get; } = [];

    public string Index => Address + "v3/index.json";

    protected override async Task AnswerAsync(HttpListenerContext request)
    {
        using var answer = request.Response;
        var login = request.Request.Headers["Authorization"];
        if (login is not null)
        {
            Logins.Add(login);
        }

        if (password is not null && login != "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{User}:{password}")))
        {
            answer.StatusCode = 401;
            answer.Headers["WWW-Authenticate"] = "Basic realm=\"feed\"";
            return;
        }

        var content = Content(request.Request.Url!.AbsolutePath);
        answer.StatusCode = content is null ? 404 : 200;
        await answer.OutputStream.WriteAsync(content ?? []);
    }

    private byte[]? Content(string path) => path switch
    {
        "/v3/index.json" =>
            Encoding.UTF8.GetBytes(
                $$"""{"version":"3.0.0","resources":[{"@id":"{{Address}}flat/","@type":"PackageBaseAddress/3.0.0"},{"@id":"{{Address}}about/","@type":"RegistrationsBaseUrl/3.6.0"}]}"""),
        _ when path.Split('/') is ["", "about", var package, "index.json"] && FileOf(package) is not null =>
            Encoding.UTF8.GetBytes(About(package)),
        _ when path.Split('/') is ["", "flat", var package, "index.json"] && FileOf(package) is not null =>
            Encoding.UTF8.GetBytes($$"""{"versions":["{{Version}}"]}"""),
        _ when path.Split('/') is ["", "flat", var package, Version, var name]
            && name == $"{package}.{Version}.nupkg"
            && FileOf(package) is { } file => File.ReadAllBytes(file),
        _ => null,
    };

    private string About(string package) => $$"""
        {
          "@id": "{{Address}}about/{{package}}/index.json", "count": 1,
          "items": [{
            "@id": "{{Address}}about/{{package}}/index.json#page", "count": 1, "lower": "{{Version}}", "upper": "{{Version}}",
            "items": [{
              "@id": "{{Address}}about/{{package}}/{{Version}}.json", "packageContent": "{{Address}}flat/{{package}}/{{Version}}/{{package}}.{{Version}}.nupkg",
              "catalogEntry": { "@id": "{{Address}}about/{{package}}/{{Version}}.json", "id": "{{package}}", "version": "{{Version}}", "listed": true }
            }]
          }]
        }
        """;

    /// <summary>The addresses of a feed are in lower case. The open one has nothing.</summary>
    private string? FileOf(
        string package) => password is null ? null : Directory.EnumerateFiles(Repository.PathOf("artifacts", "packages"), "*.nupkg")
        .FirstOrDefault(file => Path.GetFileName(file).Equals($"{package}.{Version}.nupkg", StringComparison.OrdinalIgnoreCase));
}
