using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ContainerStages.Stages;

/// <summary>The exec form of a command as text: a JSON array of strings.</summary>
internal static class JsonWords
{
    public static string Write(IReadOnlyList<string> words)
    {
        // History and Dockerfiles are read by people; the relaxed encoder leaves their letters as they are.
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartArray();
            foreach (var word in words)
            {
                writer.WriteStringValue(word);
            }

            writer.WriteEndArray();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
