using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ContainerStages.Oci;

/// <summary>
/// JSON of image-spec documents: camelCase, nulls left out, members in a fixed order, so that equal values give equal bytes.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Manifest))]
[JsonSerializable(typeof(ImageIndex))]
[JsonSerializable(typeof(ImageConfig))]
[JsonSerializable(typeof(Descriptor))]
[JsonSerializable(typeof(string[]))]
internal sealed partial class OciJson : JsonSerializerContext
{
    /// <summary>
    /// The context that writes shell commands readably (<c>&amp;&amp;</c>, not <c>\u0026</c>): documents are never put into HTML.
    /// </summary>
    public static OciJson Plain { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
