using System.Text;
using ContainerStages.Images;
using ContainerStages.Oci;

namespace ContainerStages.TestKit.Faults;

/// <summary>The image that is pulled or pushed, and another server that a hostile registry may point to.</summary>
/// <param name="Image">Two layers; the first is large.</param>
/// <param name="IndexDigest">The index that the tag names.</param>
/// <param name="Other">A registry with the same content under another name, which writes down who comes.</param>
/// <param name="Repository">Where the image is.</param>
public sealed record FaultScene(Image Image, Digest IndexDigest, FaultyProxy Other, string Repository)
{
    public Descriptor Layer => Image.Manifest.Layers[0];

    public Descriptor Config => Image.Manifest.Config;

    public static bool IsIndex(ProxiedRequest request) =>
        request is { Method: "GET" } && request.Path.EndsWith("/manifests/1", StringComparison.Ordinal);

    public bool IsManifest(ProxiedRequest request) =>
        request is { Method: "GET" } && request.Path.EndsWith($"/manifests/{Image.Digest}", StringComparison.Ordinal);

    public bool IsConfig(ProxiedRequest request) =>
        request is { Method: "GET" } && request.Path.EndsWith($"/blobs/{Config.Digest}", StringComparison.Ordinal);

    public bool IsLayer(ProxiedRequest request) =>
        request is { Method: "GET" } && request.Path.EndsWith($"/blobs/{Layer.Digest}", StringComparison.Ordinal);

    public static bool IsUploadStart(ProxiedRequest request) => request.Method == "POST";

    /// <summary>A request with bytes of a layer or the configuration.</summary>
    public static bool IsUpload(ProxiedRequest request) => request.Method is "PUT" or "PATCH"
        && request.Path.Contains("/blobs/uploads/", StringComparison.Ordinal)
        && request.ContentLength > 0;

    /// <summary>A request with bytes of the large layer.</summary>
    public static bool IsLayerUpload(ProxiedRequest request) => IsUpload(request) && request.ContentLength > 10_000;

    public static bool IsManifestUpload(ProxiedRequest request) =>
        request.Method == "PUT" && request.Path.Contains("/manifests/", StringComparison.Ordinal);

    /// <summary>A manifest of the image with a part replaced.</summary>
    public string ManifestWith(string old, string replacement)
    {
        var text = Encoding.UTF8.GetString(Image.ManifestBytes.Span);
        return text.Contains(old, StringComparison.Ordinal)
            ? text.Replace(old, replacement, StringComparison.Ordinal)
            : throw new ArgumentException($"The manifest has no '{old}': {text}", nameof(old));
    }

    /// <summary>The whole answer of a server that holds this document under the tag.</summary>
    public static ProxyFault Document(string text, string mediaType = MediaTypes.OciManifest) =>
        ProxyFault.AnswerWithBody("200 OK", text, $"Content-Type: {mediaType}");
}
