using System.Text.Json;
using System.Text.Json.Serialization;
using ContainerStages.Content;
using ContainerStages.Layers;

namespace ContainerStages.Engines;

/// <summary>What earlier builds found out, by cache key. Every record is a small file that appears whole; losing one costs time only.</summary>
internal sealed class StepRecords(StoreDirectory store)
{
    /// <summary>The layer that the step with this key made, or null.</summary>
    /// <remarks>The layer counts as used although a build in which all is cached never opens it.</remarks>
    public StepResult? FindStep(string key)
    {
        var found = PeekStep(key);
        if (found is not null)
        {
            store.Use.Note($"steps/{key}");
            store.Use.Note($"snapshots/{found.Layer[..32]}");
        }

        return found;
    }

    /// <summary>The same for one who only looks.</summary>
    public StepResult? PeekStep(string key) => Read("steps", key, RecordsJson.Default.StepResult);

    public void SaveStep(string key, StepResult result) => Write("steps", key, result, RecordsJson.Default.StepResult);

    /// <summary>Digest of what a copy selects, by <see cref="Planning.CacheKey.Selection"/>; or null.</summary>
    public string? FindSelection(string key) => Read("selections", key, RecordsJson.Default.String);

    public void SaveSelection(string key, string digest) => Write("selections", key, digest, RecordsJson.Default.String);

    /// <summary>The layer blob made of a snapshot, or null.</summary>
    public Layer? FindLayer(string key) => Read("layers", key, RecordsJson.Default.Layer);

    public void SaveLayer(string key, Layer layer) => Write("layers", key, layer, RecordsJson.Default.Layer);

    private T? Read<T>(string folder, string key, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
    {
        var path = Path.Combine(store.Root, folder, key);
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), type);
        }
        catch (Exception problem) when (problem is FileNotFoundException or DirectoryNotFoundException or JsonException)
        {
            // Unknown, or damaged by a power failure: the work is done again and the record replaced.
            return default;
        }
    }

    private void Write<T>(string folder, string key, T value, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) =>
        StoreDirectory.WriteAtomically(Path.Combine(store.Folder(folder), key), JsonSerializer.SerializeToUtf8Bytes(value, type));
}

/// <summary>What a step made: a layer by id, or nothing where it changed no file.</summary>
internal sealed record StepResult(string Layer, bool Empty);

[JsonSerializable(typeof(StepResult))]
[JsonSerializable(typeof(Layer))]
[JsonSerializable(typeof(string))]
internal sealed partial class RecordsJson : JsonSerializerContext;
