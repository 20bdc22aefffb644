using System.Collections.Concurrent;
using System.Net;
using System.Text;
using ContainerStages.TestKit;

namespace ContainerStages.Pipelines.Tests;

/// <summary>A NuGet feed on loopback with the packed SDK; with a password it answers nobody else. Source: NuGet server API, service index and package content.</summary>
internal sealed class PackageFeed(string? password) : LoopbackWebServer
{
    public const string User = "reader";
    private const string Package = "containerstages.sdk";
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
        "/v3/index.json" => Encoding.UTF8.GetBytes($$"""{"version":"3.0.0","resources":[{"@id":"{{Address}}flat/","@type":"PackageBaseAddress/3.0.0"}]}"""),
        $"/flat/{Package}/index.json" when password is not null => Encoding.UTF8.GetBytes($$"""{"versions":["{{Version}}"]}"""),
        $"/flat/{Package}/{Version}/{Package}.{Version}.nupkg" => File.ReadAllBytes(Repository.PathOf("artifacts", "packages", $"ContainerStages.Sdk.{Version}.nupkg")),
        _ => null,
    };
}
