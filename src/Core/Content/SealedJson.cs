using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace ContainerStages.Content;

/// <summary>Values as JSON in a <see cref="SealedFile"/>.</summary>
internal static class SealedJson
{
    /// <summary>The value; null where none is there that is whole, and where another version wrote another shape.</summary>
    public static T? Read<T>(string path, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return SealedFile.Read(path) is { } bytes ? JsonSerializer.Deserialize(bytes, type) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public static void Write<T>(string path, T value, JsonTypeInfo<T> type)
        where T : class =>
        SealedFile.Write(path, JsonSerializer.SerializeToUtf8Bytes(value, type));
}
