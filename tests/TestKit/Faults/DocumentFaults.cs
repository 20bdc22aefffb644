using ContainerStages.Oci;

namespace ContainerStages.TestKit.Faults;

/// <summary>
/// Documents that a hostile registry may hold under a tag. No digest protects from them: whoever names a tag takes what is there.
/// </summary>
internal static class DocumentFaults
{
    private const string Zeros = "sha256:0000000000000000000000000000000000000000000000000000000000000000";

    public static IEnumerable<RegistryFault> All() =>
    [
        Fixed("document: it is null", "CST5017", "null"),
        Fixed("document: it is a number", "CST5017", "42"),
        Fixed("document: it is no JSON", "CST5017", "{"),
        Fixed("document: it nests 100000 lists", "CST5017", "{\"schemaVersion\":2,\"layers\":" + new string('[', 100_000)),
        Fixed("document: it has nothing in it", "CST5009", "{}"),
        Fixed(
            "document: it is of the old schema 1",
            "CST5009",
            """{"schemaVersion":1,"name":"app"}""",
            "application/vnd.docker.distribution.manifest.v1+prettyjws"),
        Fixed("document: its media type is that of nothing known", "CST5009", """{"schemaVersion":2,"mediaType":"application/x-thing"}"""),
        Fixed(
            "document: it is manifest and index at once",
            "CST5017",
            $$"""{"schemaVersion":2,"config":{"mediaType":"{{MediaTypes.OciConfig}}","digest":"{{Zeros}}","size":1},"layers":[],"manifests":[]}"""),
        Fixed("document: it has 5 MB", "CST5008", new string(' ', 5_000_000)),
        Fixed(
            "manifest: it has no layers member",
            "CST5017",
            $$"""{"schemaVersion":2,"config":{"mediaType":"{{MediaTypes.OciConfig}}","digest":"{{Zeros}}","size":1} }"""),
        Fixed(
            "manifest: its layers are null",
            "CST5017",
            $$"""{"schemaVersion":2,"mediaType":"{{MediaTypes.OciManifest}}","config":{"mediaType":"{{MediaTypes.OciConfig}}","digest":"{{Zeros}}","size":1},"layers":null}"""),
        Fixed(
            "manifest: its configuration is null",
            "CST5017",
            $$"""{"schemaVersion":2,"mediaType":"{{MediaTypes.OciManifest}}","config":null,"layers":[]}"""),
        Fixed(
            "manifest: a layer is null",
            "CST5017",
            $$"""{"schemaVersion":2,"mediaType":"{{MediaTypes.OciManifest}}","config":{"mediaType":"{{MediaTypes.OciConfig}}","digest":"{{Zeros}}","size":1},"layers":[null]}"""),
        Changed(
            "manifest: a digest is none", "CST5017", scene => scene.ManifestWith(scene.Layer.Digest.ToString(), "sha256:../../etc/passwd")),
        Changed(
            "manifest: a digest is of another algorithm",
            "CST5017",
            scene => scene.ManifestWith(scene.Layer.Digest.ToString(), "md5:d41d8cd98f00b204e9800998ecf8427e")),
        Changed("manifest: a size is negative", "CST5017", scene => scene.ManifestWith($"\"size\":{scene.Layer.Size}", "\"size\":-1")),
        Changed(
            "manifest: the sizes together overflow",
            "CST5017",
            scene => scene.ManifestWith($"\"size\":{scene.Layer.Size}", "\"size\":9223372036854775807")),
        Changed(
            "manifest: a size is no number", "CST5017", scene => scene.ManifestWith($"\"size\":{scene.Layer.Size}", "\"size\":\"large\"")),
        Changed(
            "manifest: a layer's size is too small",
            "CST5022",
            scene => scene.ManifestWith($"\"size\":{scene.Layer.Size}", $"\"size\":{scene.Layer.Size - 1}")),
        Changed(
            "manifest: a layer's size is too large",
            "CST5022",
            scene => scene.ManifestWith($"\"size\":{scene.Layer.Size}", $"\"size\":{scene.Layer.Size + 1}")),
        Changed(
            "manifest: the configuration has a gigabyte",
            "CST5008",
            scene => scene.ManifestWith($"\"size\":{scene.Config.Size}", "\"size\":1073741824")),
        Changed(
            "manifest: the configuration is of another media type",
            "CST5009",
            scene => scene.ManifestWith(MediaTypes.OciConfig, "application/vnd.cncf.helm.config.v1+json")),
        Changed(
            "manifest: a layer is of another media type",
            "CST5009",
            scene => scene.ManifestWith(MediaTypes.OciLayerGzip, "application/octet-stream")),
        Changed(
            "manifest: a layer is encrypted",
            "CST5009",
            scene => scene.ManifestWith(MediaTypes.OciLayerGzip, MediaTypes.OciLayerGzip + "+encrypted")),
        Changed("manifest: a layer that nobody has", "CST5021", scene => scene.ManifestWith(scene.Layer.Digest.ToString(), Zeros)),
        Changed(
            "manifest: the configuration is a layer",
            "CST5017",
            scene => scene.ManifestWith(
                $"\"digest\":\"{scene.Config.Digest}\",\"size\":{scene.Config.Size}",
                $"\"digest\":\"{scene.Layer.Digest}\",\"size\":{scene.Layer.Size}")),
        Changed("manifest: more layers than the configuration says", "CST5017", scene => scene.ManifestWith("\"layers\":[", $$"""
            "layers":[{"mediaType":"{{MediaTypes.OciLayerGzip}}","digest":"{{scene.Layer.Digest}}","size":{{scene.Layer.Size}}},
            """)),
        Changed(
            "manifest: it has 10000 layers",
            "CST5017",
            scene =>
                scene.ManifestWith(
                    "\"layers\":[",
                    "\"layers\":[" + string.Concat(
                        Enumerable.Repeat($$"""{"mediaType":"{{MediaTypes.OciLayerGzip}}","digest":"{{Zeros}}","size":1},""", 10_000)))),
        Changed("index: it has no entry", "CST5006", _ => """{"schemaVersion":2,"manifests":[]}""", MediaTypes.OciIndex),
        Changed("index: an entry is null", "CST5017", _ => """{"schemaVersion":2,"manifests":[null]}""", MediaTypes.OciIndex),
        Changed(
            "index: it has nothing for this platform",
            "CST5006",
            scene => Entry(MediaTypes.OciManifest, scene.Image.Digest, scene.Image.ManifestBytes.Length, "s390x"),
            MediaTypes.OciIndex),
        Changed(
            "index: its entry is an index", null, scene => Entry(MediaTypes.OciIndex, scene.IndexDigest, 1, "amd64"), MediaTypes.OciIndex),
        Changed(
            "index: its entry is an index without an image for this platform",
            "CST5006",
            scene => Entry(MediaTypes.OciIndex, scene.IndexDigest, 1, "s390x"),
            MediaTypes.OciIndex),
        Changed(
            "index: its entry is a manifest that is called an index",
            "CST5017",
            scene => Entry(MediaTypes.OciIndex, scene.Image.Digest, 1, "amd64"),
            MediaTypes.OciIndex),
        Changed(
            "index: its entry is an index that is called a manifest",
            "CST5017",
            scene => Entry(MediaTypes.OciManifest, scene.IndexDigest, 1, "amd64"),
            MediaTypes.OciIndex),
        Always("index: it points to itself", "CST5005", Entry(MediaTypes.OciManifest, Digest.Parse(Zeros), 1, "amd64")),
        Always("index: it points to itself as an index", "CST5005", Entry(MediaTypes.OciIndex, Digest.Parse(Zeros), 1, "amd64")),
        Changed(
            "index: its entry is not there",
            "CST5002",
            _ => Entry(MediaTypes.OciManifest, Digest.Parse(Zeros), 1, "amd64"),
            MediaTypes.OciIndex),
    ];

    private static string Entry(string mediaType, Digest digest, int size, string architecture) =>
        $$"""{"schemaVersion":2,"mediaType":"{{MediaTypes.OciIndex}}","manifests":[{"mediaType":"{{mediaType}}","digest":"{{digest}}","size":{{size}},"platform":{"os":"linux","architecture":"{{architecture}}"} }]}""";

    private static RegistryFault Fixed(string name, string code, string text, string mediaType = MediaTypes.OciManifest) =>
        Changed(name, code, _ => text, mediaType);

    private static RegistryFault Changed(
        string name, string? code, Func<FaultScene, string> text, string mediaType = MediaTypes.OciManifest) => new()
    {
        Name = name,
        Action = FaultedAction.Pull,
        Code = code,
        Where = (_, request) => FaultScene.IsIndex(request),
        Fault = (scene, _) => FaultScene.Document(text(scene), mediaType),
    };

    /// <summary>The same document whatever manifest is asked for.</summary>
    private static RegistryFault Always(string name, string code, string text) => new()
    {
        Name = name,
        Action = FaultedAction.Pull,
        Code = code,
        Where = (_, request) => request.Method == "GET" && request.Path.Contains("/manifests/", StringComparison.Ordinal),
        Fault = (_, _) => FaultScene.Document(text, MediaTypes.OciIndex),
    };
}
