using System.Net;
using System.Text;
using System.Text.Json;

namespace ContainerStages.TestKit;

/// <summary>
/// A NuGet feed on loopback, the packages of one folder, that answers 401 to whoever does not say its password. Source: NuGet, Server API.
/// </summary>
/// <param name="folder">Has files <c>ID.VERSION.nupkg</c>.</param>
/// <param name="user">Of basic authentication.</param>
/// <param name="password">Of basic authentication.</param>
public sealed class NuGetFeed(string folder, string user, string password) : LoopbackWebServer("localhost")
{
    private readonly string login = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"));
    private int downloads;

    /// <summary>How often a package was sent.</summary>
    public int Downloads => downloads;

    protected override async Task AnswerAsync(HttpListenerContext request)
    {
        var answer = request.Response;
        byte[]? body = null;
        if (request.Request.Headers["Authorization"] != login)
        {
            answer.StatusCode = 401;
            answer.Headers["WWW-Authenticate"] = "Basic realm=\"packages\"";
        }
        else
        {
            body = await FindAsync(request.Request.Url!.AbsolutePath.Trim('/').Split('/'));
            answer.StatusCode = body is null ? 404 : 200;
        }

        await answer.OutputStream.WriteAsync(body ?? []);
        answer.Close();
    }

    // dotnet tool restore asks for registrations, a restore for base addresses.
    private async Task<byte[]?> FindAsync(string[] path) => path switch
    {
        ["index.json"] =>
            Json(
                new { version = "3.0.0", resources = new[]
                {
                    Resource("packages", "PackageBaseAddress/3.0.0"),
                    Resource("registrations", "RegistrationsBaseUrl/3.6.0"),
                } }),
        ["packages", var id, "index.json"] when Version(id) is { } version => Json(new { versions = new[] { version } }),
        ["registrations", var id, "index.json"] when Version(id) is { } version =>
            Json(new { count = 1, items = new[] { Registrations(id, version) } }),
        ["packages", var id, var version, _] when File(id, version) is { } file => await SendAsync(file),
        _ => null,
    };

    private Dictionary<string, object> Resource(string name, string type) =>
        new(StringComparer.Ordinal) { ["@id"] = $"{Address}{name}/", ["@type"] = type };

    private Dictionary<string, object> Registrations(string id, string version) => new(StringComparer.Ordinal)
    {
        ["@id"] = $"{Address}registrations/{id}/index.json#page",
        ["count"] = 1,
        ["lower"] = version,
        ["upper"] = version,
        ["items"] =
            new[] { new { catalogEntry = new { id, version }, packageContent = $"{Address}packages/{id}/{version}/{id}.{version}.nupkg" } },
    };

    private async Task<byte[]> SendAsync(string file)
    {
        Interlocked.Increment(ref downloads);
        return await System.IO.File.ReadAllBytesAsync(file);
    }

    private string? Version(string id) => Files().Where(file => file.StartsWith(id + ".", StringComparison.OrdinalIgnoreCase))
        .Select(file => file[(id.Length + 1)..])
        .FirstOrDefault();

    private string? File(string id, string version) =>
        Files().Where(file => file.Equals($"{id}.{version}", StringComparison.OrdinalIgnoreCase))
            .Select(file => Path.Combine(folder, file + ".nupkg"))
            .FirstOrDefault();

    private IEnumerable<string> Files() =>
        Directory.EnumerateFiles(folder, "*.nupkg").Select(file => Path.GetFileNameWithoutExtension(file));

    private static byte[] Json<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value);
}
