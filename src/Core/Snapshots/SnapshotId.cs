using System.Text.Json;
using System.Text.Json.Serialization;
using ContainerStages.Oci;

namespace ContainerStages.Snapshots;

/// <summary>
/// Names the folder of a layer: the digits of the digest of a pulled layer's tar, or of the key of the step that made it.
/// </summary>
/// <param name="Hex">64 hexadecimal digits.</param>
[JsonConverter(typeof(SnapshotIdConverter))]
internal readonly record struct SnapshotId(string Hex)
{
    /// <param name="diffId">Digest of the layer before compression.</param>
    public static SnapshotId Of(Digest diffId) => new(diffId.Hex);

    public override string ToString() => Hex;
}

/// <summary>As a text.</summary>
internal sealed class SnapshotIdConverter : JsonConverter<SnapshotId>
{
    public override SnapshotId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        new(reader.GetString() ?? "");

    public override void Write(Utf8JsonWriter writer, SnapshotId value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.Hex);
}
