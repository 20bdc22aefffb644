using System.Globalization;
using System.Text;

namespace ContainerStages.TestKit.Faults;

/// <summary>Connections, bodies, statuses and redirects that go wrong while an image is pulled.</summary>
internal static class PullFaults
{
    private static readonly (string Name, Func<FaultScene, ProxiedRequest, bool> Where)[] Targets =
    [
        ("index", (_, request) => FaultScene.IsIndex(request)),
        ("manifest", (scene, request) => scene.IsManifest(request)),
        ("configuration", (scene, request) => scene.IsConfig(request)),
        ("layer", (scene, request) => scene.IsLayer(request)),
    ];

    public static IEnumerable<RegistryFault> All() =>
        [.. Targets.SelectMany(target => OnEvery(target.Name, target.Where)), .. Bodies(), .. Refusals(), .. Redirects(), .. Slow()];

    private static IEnumerable<RegistryFault> OnEvery(string what, Func<FaultScene, ProxiedRequest, bool> where)
    {
        var isBlob = what is "configuration" or "layer";
        RegistryFault Make(string name, string? code, int times, ProxyFault fault) =>
            new()
            {
                Name = $"{what}: {name}",
                Action = FaultedAction.Pull,
                Code = code,
                Where = where,
                Fault = (_, _) => fault,
                Times = times,
            };
        return
        [
            Make("the connection drops before the headers, twice", null, 2, ProxyFault.CutInHead(0)),
            Make("the connection drops in the headers, twice", null, 2, ProxyFault.CutInHead(25)),
            Make("the connection drops before the first byte, twice", null, 2, ProxyFault.Cut(0)),
            Make("the connection drops after the first byte, twice", null, 2, ProxyFault.Cut(1)),
            Make("the connection drops in the middle, twice", null, 2, ProxyFault.Cut(100)),
            Make("the connection drops before the last byte, twice", null, 2, ProxyFault.Cut(-1)),
            Make("the connection always drops before the headers", "CST5001", int.MaxValue, ProxyFault.CutInHead(0)),
            Make("the connection always drops in the middle", isBlob ? "CST5018" : "CST5001", int.MaxValue, ProxyFault.Cut(10)),
            Make(
                "it is truncated, and the length fits that",
                isBlob ? "CST5022" : "CST5005",
                int.MaxValue,
                ProxyFault.AlterBody(body => body[..^1])),
            Make("it is empty", isBlob ? "CST5022" : "CST5005", int.MaxValue, ProxyFault.AlterBody(_ => [])),
            Make("one byte is altered", "CST5005", int.MaxValue, ProxyFault.AlterBody(Flip)),
            Make("there is more than announced", isBlob ? "CST5022" : "CST5005", int.MaxValue, ProxyFault.AlterBody(body => [.. body, 0])),
            Make("the announced length is too long", isBlob ? "CST5022" : "CST5001", int.MaxValue, Length(1)),
            Make("the announced length is too short", isBlob ? "CST5022" : "CST5005", int.MaxValue, Length(-1)),
            Make(
                "a page in HTML comes instead",
                isBlob ? "CST5022" : what == "manifest" ? "CST5005" : "CST5017",
                int.MaxValue,
                ProxyFault.AnswerWithBody("200 OK", "<html><body>Welcome</body></html>", "Content-Type: text/html")),
            Make("503, twice", null, 2, ProxyFault.Answer("503 Service Unavailable")),
            Make("it is not there", isBlob ? "CST5021" : "CST5002", int.MaxValue, ProxyFault.Answer("404 Not Found")),
        ];
    }

    private static IEnumerable<RegistryFault> Bodies() =>
    [
        Layer("layer: the bytes of another blob come", "CST5022", ProxyFault.AlterBody(_ => "other"u8.ToArray())),
        Layer("layer: another blob of the same length comes", "CST5005", ProxyFault.AlterBody(body => new byte[body.Length])),
        Layer(
            "layer: more than announced comes, and no length",
            "CST5022",
            ProxyFault.Alter(answer => (answer with { Body = [.. answer.Body, 0] }).With("Content-Length", null))),
        Layer(
            "layer: less than announced comes, and no length",
            "CST5018",
            ProxyFault.Alter(answer => (answer with { Body = answer.Body[..1000] }).With("Content-Length", null))),
        Layer("layer: the length is no number", null, ProxyFault.Alter(answer => answer.With("Content-Length", "many"))),
        Layer("layer: it claims to be compressed on the way", null, ProxyFault.Alter(answer => answer.With("Content-Encoding", "gzip"))),
        Layer("layer: no answer but noise", "CST5001", ProxyFault.Raw("\u0001\u0002\u0003 this is no HTTP\r\n\r\n")),
        Layer(
            "layer: headers without end",
            "CST5001",
            ProxyFault.Raw("HTTP/1.1 200 OK\r\n" +
                string.Concat(Enumerable.Range(0, 3000).Select(number => $"X-Header-{number}: {new string('x', 50)}\r\n")))),
        Resumed(
            "layer: after a break the rest comes as if it were all",
            "CST5022",
            ProxyFault.Alter(answer => answer with { Status = "HTTP/1.1 200 OK" })),
        Resumed(
            "layer: after a break the answer begins at another byte",
            "CST5016",
            ProxyFault.Alter(answer => answer.With("Content-Range", "bytes 5-9/10"))),
        Resumed("layer: after a break the rest is refused", "CST5016", ProxyFault.Answer("416 Requested Range Not Satisfiable")),
        Index(
            "index: the digest in the headers is another one",
            "CST5005",
            ProxyFault.Alter(answer => answer.With("Docker-Content-Digest", "sha256:" + new string('0', 64)))),
        Index(
            "index: the digest in the headers is none",
            null,
            ProxyFault.Alter(answer => answer.With("Docker-Content-Digest", "sha256:nonsense"))),
        Index("index: there is no digest in the headers", null, ProxyFault.Alter(answer => answer.With("Docker-Content-Digest", null))),
        Index(
            "index: the media type in the headers is another one",
            null,
            ProxyFault.Alter(answer => answer.With("Content-Type", "text/plain"))),
        Index("index: its length is 10 GB", "CST5008", ProxyFault.Alter(answer => answer.With("Content-Length", "10000000000"))),
        Index("index: it never ends", "CST5008", ProxyFault.Alter(
            answer => (answer with { Body = new byte[5_000_000] }).With("Content-Length", null).With("Docker-Content-Digest", null))),
    ];

    private static IEnumerable<RegistryFault> Refusals() =>
    [
        Index("401 again and again", "CST5003", ProxyFault.Answer("401 Unauthorized", "WWW-Authenticate: Basic realm=\"x\"")),
        Index(
            "401 with a new realm each time",
            "CST5003",
            ProxyFault.Answer("401 Unauthorized", "WWW-Authenticate: Basic realm=\"y\", Basic realm=\"z\"")),
        Index("401 without saying how to log in", "CST5003", ProxyFault.Answer("401 Unauthorized")),
        Index("401 with a scheme that nobody knows", "CST5003", ProxyFault.Answer("401 Unauthorized", "WWW-Authenticate: Negotiate")),
        Index(
            "401 with a token server at a plain address elsewhere",
            "CST5020",
            ProxyFault.Answer("401 Unauthorized", "WWW-Authenticate: Bearer realm=\"http://tokens.invalid/token\"")),
        Index(
            "401 with a token server that is no address",
            "CST5020",
            ProxyFault.Answer("401 Unauthorized", "WWW-Authenticate: Bearer realm=\"\"")),
        Index("403", "CST5004", ProxyFault.AnswerWithBody("403 Forbidden", """{"errors":[{"code":"DENIED","message":"not you"}]}""")),
        Index("429, twice, with a pause of no seconds", null, ProxyFault.Answer("429 Too Many Requests", "Retry-After: 0")) with
        {
            Times = 2,
        },
        Index(
            "429, twice, with a pause until a day in the past",
            null,
            ProxyFault.Answer("429 Too Many Requests", "Retry-After: Wed, 21 Oct 2015 07:28:00 GMT")) with { Times = 2 },
        Index("429, with a pause of an hour", "CST5011", ProxyFault.Answer("429 Too Many Requests", "Retry-After: 3600")),
        Index(
            "429, with a pause until the year 9999",
            "CST5011",
            ProxyFault.Answer("429 Too Many Requests", "Retry-After: Fri, 31 Dec 9999 23:59:59 GMT")),
        Index(
            "429, with a pause that means nothing, again and again",
            "CST5011",
            ProxyFault.Answer("429 Too Many Requests", "Retry-After: soon")),
        Index("500 again and again", "CST5016", ProxyFault.Answer("500 Internal Server Error")),
        Index("503 again and again", "CST5016", ProxyFault.Answer("503 Service Unavailable", "Retry-After: 0")),
        Layer("layer: 503 again and again", "CST5016", ProxyFault.Answer("503 Service Unavailable")),
        Layer("layer: 204", "CST5016", ProxyFault.Answer("204 No Content")),
        Layer("layer: 206 without a range", "CST5016", ProxyFault.Answer("206 Partial Content")),
        Index("a status that does not exist", "CST5016", ProxyFault.Answer("299 Fine")),
        Index("an error of a megabyte", "CST5016", ProxyFault.AnswerWithBody("500 Internal Server Error", new string('x', 1_000_000))),
        Index(
            "an error with control characters",
            "CST5016",
            ProxyFault.AnswerWithBody("400 Bad Request", "{\"errors\":[{\"code\":\"\\u001b[31m\",\"message\":\"\\r\\n::error::\"}]}")),
    ];

    private static IEnumerable<RegistryFault> Redirects() =>
    [
        Layer(
            "layer: a redirect to another host",
            null,
            scene => ProxyFault.Answer(
                "307 Temporary Redirect", $"Location: http://{scene.Other.Host}/v2/{scene.Repository}/blobs/{scene.Layer.Digest}")),
        Index(
            "index: a redirect to another host",
            null,
            scene => ProxyFault.Answer("302 Found", $"Location: http://{scene.Other.Host}/v2/{scene.Repository}/manifests/1")),
        Layer(
            "layer: a redirect to itself",
            "CST5016",
            scene => ProxyFault.Answer("307 Temporary Redirect", $"Location: /v2/{scene.Repository}/blobs/{scene.Layer.Digest}")),
        Layer(
            "layer: a redirect to a host that nobody knows",
            "CST5001",
            _ => ProxyFault.Answer("307 Temporary Redirect", "Location: https://storage.invalid/x")),
        Layer(
            "layer: a redirect to another protocol",
            "CST5016",
            _ => ProxyFault.Answer("307 Temporary Redirect", "Location: ftp://storage.invalid/x")),
        Layer(
            "layer: a redirect to a file of this machine",
            "CST5016",
            _ => ProxyFault.Answer("307 Temporary Redirect", "Location: file:///etc/passwd")),
        Layer("layer: a redirect to nowhere", "CST5016", _ => ProxyFault.Answer("307 Temporary Redirect")),
        Layer(
            "layer: a redirect to what is no address",
            "CST5016",
            _ => ProxyFault.Answer("307 Temporary Redirect", "Location: http://[nonsense")),
        Layer(
            "layer: a redirect to another host that wants the password",
            "CST5003",
            scene => ProxyFault.Answer("307 Temporary Redirect", $"Location: http://{scene.Other.Host}/needs-login")),
    ];

    private static IEnumerable<RegistryFault> Slow() =>
    [
        Index("index: no answer, once", null, ProxyFault.Silence()) with { Times = 1, IsSlow = true },
        Index("index: no answer ever", "CST5001", ProxyFault.Silence()) with { IsSlow = true },
        Index("index: it stops in the middle, once", null, ProxyFault.Stall(20)) with { Times = 1, IsSlow = true },
        Index("index: it comes in drops", "CST5001", ProxyFault.Drip(TimeSpan.FromMilliseconds(100))) with { IsSlow = true },
        Layer("layer: no answer, once", null, ProxyFault.Silence()) with { Times = 1, IsSlow = true },
        Layer("layer: it stops in the middle, twice", null, ProxyFault.Stall(100_000)) with { Times = 2, IsSlow = true },
        Layer("layer: it always stops at once", "CST5018", ProxyFault.Stall(0)) with { IsSlow = true },
        Layer("layer: it comes in drops", "CST5018", ProxyFault.Drip(TimeSpan.FromMilliseconds(50))) with { IsSlow = true },
    ];

    private static RegistryFault Index(string name, string? code, ProxyFault fault) => Index(name, code, _ => fault);

    private static RegistryFault Index(string name, string? code, Func<FaultScene, ProxyFault> fault) =>
        new()
        {
            Name = name,
            Action = FaultedAction.Pull,
            Code = code,
            Where = (_, request) => FaultScene.IsIndex(request),
            Fault = (scene, _) => fault(scene),
        };

    private static RegistryFault Layer(string name, string? code, ProxyFault fault) => Layer(name, code, _ => fault);

    private static RegistryFault Layer(string name, string? code, Func<FaultScene, ProxyFault> fault) =>
        new()
        {
            Name = name,
            Action = FaultedAction.Pull,
            Code = code,
            Where = (scene, request) => scene.IsLayer(request),
            Fault = (scene, _) => fault(scene),
        };

    /// <summary>The first answer breaks in the middle; the fault is in the second, which is asked for with a range.</summary>
    private static RegistryFault Resumed(string name, string? code, ProxyFault fault) =>
        Layer(name, code, fault) with { Fault = (_, number) => number == 0 ? ProxyFault.Cut(100_000) : fault };

    private static ProxyFault Length(int difference) =>
        ProxyFault.Alter(answer => answer.With("Content-Length", (answer.Body.Length + difference).ToString(CultureInfo.InvariantCulture)));

    private static byte[] Flip(byte[] body)
    {
        body[body.Length / 2] ^= 1;
        return body;
    }
}
