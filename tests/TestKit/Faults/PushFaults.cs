namespace ContainerStages.TestKit.Faults;

/// <summary>What goes wrong while an image is pushed.</summary>
internal static class PushFaults
{
    private const string DigestInvalid =
        """{"errors":[{"code":"DIGEST_INVALID","message":"provided digest did not match uploaded content"}]}""";

    public static IEnumerable<RegistryFault> All() => [.. Starts(), .. Uploads(), .. Chunks(), .. Manifests()];

    private static IEnumerable<RegistryFault> Starts() =>
    [
        Start("upload: its start drops, twice", null, ProxyFault.CutInHead(0)) with { Times = 2 },
        Start("upload: the answer to its start drops, twice", null, ProxyFault.LoseAnswer()) with { Times = 2 },
        Start("upload: its start always drops", "CST5001", ProxyFault.CutInHead(0)),
        Start("upload: its start gets 503, twice", null, ProxyFault.Answer("503 Service Unavailable")) with { Times = 2 },
        Start(
            "upload: its start gets 429 with a pause of an hour",
            "CST5011",
            ProxyFault.Answer("429 Too Many Requests", "Retry-After: 3600")),
        Start(
            "upload: its start gets 401 again and again",
            "CST5003",
            ProxyFault.Answer("401 Unauthorized", "WWW-Authenticate: Basic realm=\"x\"")),
        Start("upload: its start is forbidden", "CST5004", ProxyFault.Answer("403 Forbidden")),
        Start("upload: its start gets no address", "CST5016", ProxyFault.Alter(answer => answer.With("Location", null))),
        Start(
            "upload: its start gets what is no address",
            "CST5016",
            ProxyFault.Alter(answer => answer.With("Location", "http://[nonsense"))),
        Start(
            "upload: its start gets the address of a file",
            "CST5016",
            ProxyFault.Alter(answer => answer.With("Location", "file:///tmp/x"))),
        Start(
            "upload: its start leads to another host that wants the password",
            "CST5003",
            scene => ProxyFault.Alter(answer => answer.With("Location", $"http://{scene.Other.Host}/needs-login"))),
        Start(
            "upload: its start leads to another host",
            null,
            scene => ProxyFault.Alter(answer => answer.With("Location", ElseWhere(scene, answer.Headers["Location"])))),
        Start("upload: its start is said to be done already", "CST5016", ProxyFault.Answer("201 Created")),
        Push("upload: the look for the blob drops, twice", null, IsLook, ProxyFault.CutInHead(0)) with { Times = 2 },
        Push("upload: the look for the blob is not allowed", "CST5016", IsLook, ProxyFault.Answer("405 Method Not Allowed")),
        Push("upload: a blob is said to be there and is not", null, IsLook, ProxyFault.Answer("200 OK")),
        Push("upload: no answer to the look for the blob, once", null, IsLook, ProxyFault.Silence()) with { Times = 1, IsSlow = true },
    ];

    private static IEnumerable<RegistryFault> Uploads() =>
    [
        Upload("upload: the connection drops before the first byte, twice", null, ProxyFault.CutInUpload(0)) with { Times = 2 },
        Upload("upload: the connection drops after the first byte, twice", null, ProxyFault.CutInUpload(1)) with { Times = 2 },
        Upload("upload: the connection drops in the middle, twice", null, ProxyFault.CutInUpload(100_000)) with { Times = 2 },
        Upload(
            "upload: the connection drops in the middle, and the registry keeps what came, twice",
            null,
            ProxyFault.CutInUpload(50_000, keeps: true)) with { Times = 2 },
        Upload("upload: the connection drops before the last byte, once", null, ProxyFault.CutInUpload(200_000)) with { Times = 1 },
        Upload("upload: the connection always drops", "CST5001", ProxyFault.CutInUpload(1000)),
        Upload("upload: the answer is lost, once", null, ProxyFault.LoseAnswer()) with { Times = 1 },
        Upload("upload: the answer breaks in its headers, once", null, ProxyFault.CutInHead(20)) with { Times = 1 },
        Upload("upload: no answer, once", null, ProxyFault.Silence()) with { Times = 1, IsSlow = true },
        Upload("upload: the session is gone, once", null, ProxyFault.AnswerWithBody(
            "404 Not Found", """{"errors":[{"code":"BLOB_UPLOAD_UNKNOWN","message":"blob upload unknown to registry"}]}""")) with
        {
            Times = 1,
        },
        Upload("upload: the session is always gone", "CST6003", ProxyFault.Answer("404 Not Found")),
        Upload("upload: the range is refused, once", null, ProxyFault.Answer("416 Requested Range Not Satisfiable")) with { Times = 1 },
        Upload("upload: the registry got other bytes, once", null, ProxyFault.AnswerWithBody("400 Bad Request", DigestInvalid)) with
        {
            Times = 1,
        },
        Upload("upload: the registry always gets other bytes", "CST6003", ProxyFault.AnswerWithBody("400 Bad Request", DigestInvalid)),
        Upload("upload: 401 again and again", "CST5003", ProxyFault.Answer("401 Unauthorized", "WWW-Authenticate: Basic realm=\"x\"")),
        Upload("upload: 429, twice", null, ProxyFault.Answer("429 Too Many Requests", "Retry-After: 0")) with { Times = 2 },
        Upload("upload: 503 again and again", "CST5016", ProxyFault.Answer("503 Service Unavailable")),
        Upload("upload: the body is too large for a proxy, once", null, ProxyFault.Answer("413 Request Entity Too Large")) with
        {
            Times = 1,
        },
        Upload("upload: every body is too large", "CST5012", ProxyFault.Answer("413 Request Entity Too Large")),
        Upload("upload: no space is left", "CST5012", ProxyFault.AnswerWithBody(
            "500 Internal Server Error", """{"errors":[{"code":"UNKNOWN","message":"no space left on device"}]}""")),
        Upload("upload: a redirect", "CST6003", ProxyFault.Answer("307 Temporary Redirect", "Location: https://storage.invalid/x")),
    ];

    private static IEnumerable<RegistryFault> Chunks() =>
    [
        Chunk("chunk: the connection drops, twice", ProxyFault.CutInUpload(10_000), 2),
        Chunk("chunk: the connection drops, and the registry keeps what came, twice", ProxyFault.CutInUpload(20_000, keeps: true), 2),
        Chunk("chunk: the answer is lost, once", ProxyFault.LoseAnswer(), 1),
        Chunk("chunk: the registry has fewer bytes than were sent, once", ProxyFault.Alter(answer => answer.With("Range", "0-99")), 1),
        Chunk("chunk: the session is gone, once", ProxyFault.Answer("404 Not Found"), 1),
        Chunk("chunk: 503, twice", ProxyFault.Answer("503 Service Unavailable"), 2),
    ];

    private static IEnumerable<RegistryFault> Manifests() =>
    [
        Manifest("pushed manifest: the connection drops, twice", null, ProxyFault.CutInUpload(0)) with { Times = 2 },
        Manifest("pushed manifest: the answer is lost, twice", null, ProxyFault.LoseAnswer()) with { Times = 2 },
        Manifest("pushed manifest: its upload always drops", "CST5001", ProxyFault.CutInUpload(0)),
        Manifest("pushed manifest: 503, twice", null, ProxyFault.Answer("503 Service Unavailable")) with { Times = 2 },
        Manifest("pushed manifest: no answer to its upload, once", null, ProxyFault.Silence()) with { Times = 1, IsSlow = true },
        Manifest("pushed manifest: its digest is said to be wrong, once", null, ProxyFault.AnswerWithBody(
            "400 Bad Request",
            """{"errors":[{"code":"DIGEST_INVALID","message":"provided digest did not match uploaded content"}]}""")) with
        {
            Times = 1,
        },
        Manifest("pushed manifest: its digest is always said to be wrong", "CST6003", ProxyFault.AnswerWithBody(
            "400 Bad Request", """{"errors":[{"code":"DIGEST_INVALID","message":"provided digest did not match uploaded content"}]}""")),
        Manifest("pushed manifest: a part is said to be missing, once", null, ProxyFault.AnswerWithBody(
            "400 Bad Request", """{"errors":[{"code":"MANIFEST_BLOB_UNKNOWN","message":"blob unknown to registry"}]}""")) with
        {
            Times = 1,
        },
        Manifest("pushed manifest: a part is always said to be missing", "CST6004", ProxyFault.AnswerWithBody(
            "400 Bad Request", """{"errors":[{"code":"MANIFEST_BLOB_UNKNOWN","message":"blob unknown to registry"}]}""")),
        Manifest(
            "pushed manifest: it is stored under another digest",
            "CST6002",
            ProxyFault.Alter(answer => answer.With("Docker-Content-Digest", "sha256:" + new string('0', 64)))),
        Manifest(
            "pushed manifest: the registry does not say what it stored",
            null,
            ProxyFault.Alter(answer => answer.With("Docker-Content-Digest", null))),
        Manifest("pushed manifest: it is too large", "CST5012", ProxyFault.Answer("413 Request Entity Too Large")),
        Manifest("pushed manifest: the repository is read-only", "CST6003", ProxyFault.Answer("405 Method Not Allowed")),
    ];

    private static bool IsLook(ProxiedRequest request) =>
        request.Method == "HEAD" && request.Path.Contains("/blobs/", StringComparison.Ordinal);

    private static string ElseWhere(FaultScene scene, string location) => $"http://{scene.Other.Host}{new Uri(location).PathAndQuery}";

    private static RegistryFault Start(string name, string? code, ProxyFault fault) => Push(name, code, FaultScene.IsUploadStart, fault);

    private static RegistryFault Start(string name, string? code, Func<FaultScene, ProxyFault> fault) =>
        Push(name, code, FaultScene.IsUploadStart, ProxyFault.LoseAnswer()) with { Fault = (scene, _) => fault(scene) };

    private static RegistryFault Upload(string name, string? code, ProxyFault fault) => Push(name, code, FaultScene.IsLayerUpload, fault);

    private static RegistryFault Chunk(string name, ProxyFault fault, int times) =>
        Push(name, null, FaultScene.IsLayerUpload, fault) with { Times = times, ChunkSize = 64_000 };

    private static RegistryFault Manifest(string name, string? code, ProxyFault fault) =>
        Push(name, code, FaultScene.IsManifestUpload, fault);

    private static RegistryFault Push(string name, string? code, Func<ProxiedRequest, bool> where, ProxyFault fault) =>
        new() { Name = name, Action = FaultedAction.Push, Code = code, Where = (_, request) => where(request), Fault = (_, _) => fault };
}
