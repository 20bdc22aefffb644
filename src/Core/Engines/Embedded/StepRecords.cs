using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using ContainerStages.Content;
using ContainerStages.Layers;
using ContainerStages.Snapshots;

namespace ContainerStages.Engines;

/// <summary>What earlier builds found out, by cache key. Every record is a small file that appears whole and carries a checksum; losing one costs time only.</summary>
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
            store.Use.Note($"snapshots/{SnapshotStore.NameOf(found.Layer)}");
        }

        return found;
    }

    /// <summary>The same for one who only looks.</summary>
    public StepResult? PeekStep(string key) => Read("steps", key, RecordsJson.Default.StepResult) is { Layer.Length: 64 } step ? step : null;

    public void SaveStep(string key, StepResult result) => Write("steps", key, result, RecordsJson.Default.StepResult);

    /// <summary>Digest of what a copy selects, by <see cref="Planning.CacheKey.Selection"/>; or null.</summary>
    public string? FindSelection(string key) => Read("selections", key, RecordsJson.Default.String);

    public void SaveSelection(string key, string digest) => Write("selections", key, digest, RecordsJson.Default.String);

    /// <summary>The layer blob made of a snapshot, or null.</summary>
    public Layer? FindLayer(string key) => Read("layers", key, RecordsJson.Default.Layer) is { Descriptor: not null } layer ? layer : null;

    public void SaveLayer(string key, Layer layer) => Write("layers", key, layer, RecordsJson.Default.Layer);

    private T? Read<T>(string folder, string key, JsonTypeInfo<T> type)
        where T : class =>
        SealedJson.Read(Path.Combine(store.Root, folder, key), type);

    private void Write<T>(string folder, string key, T value, JsonTypeInfo<T> type)
        where T : class =>
        SealedJson.Write(Path.Combine(store.Folder(folder), key), value, type);
}

/// <summary>What a step made: a layer by id, or nothing where it changed no file.</summary>
internal sealed record StepResult(string Layer, bool Empty);

[JsonSerializable(typeof(StepResult))]
[JsonSerializable(typeof(Layer))]
[JsonSerializable(typeof(string))]
internal sealed partial class RecordsJson : JsonSerializerContext;
