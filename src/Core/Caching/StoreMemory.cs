using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using ContainerStages.Content;
using ContainerStages.Layers;
using ContainerStages.Snapshots;

namespace ContainerStages.Caching;

/// <summary>
/// The memory of the builds on this machine. Every record is a small file that appears whole and carries a checksum; losing one costs
/// time only.
/// </summary>
internal sealed class StoreMemory(StoreDirectory store) : IStepMemory
{
    /// <inheritdoc/>
    /// <remarks>The layer counts as used although a build in which all is cached never opens it.</remarks>
    public StepResult? FindStep(StepKey key)
    {
        var found = PeekStep(key);
        if (found is not null)
        {
            store.Use.Note($"steps/{key}", $"snapshots/{SnapshotStore.NameOf(found.Layer)}");
        }

        return found;
    }

    /// <summary>The same for one who only looks.</summary>
    public StepResult? PeekStep(StepKey key) =>
        Read("steps", key.Hex, RecordsJson.Default.StepResult) is { Layer.Hex.Length: 64 } step ? step : null;

    public void SaveStep(StepKey key, StepResult result) => Write("steps", key.Hex, result, RecordsJson.Default.StepResult);

    public string? FindSelection(SelectionKey key) => Read("selections", key.Hex, RecordsJson.Default.String);

    public void SaveSelection(SelectionKey key, string digest) => Write("selections", key.Hex, digest, RecordsJson.Default.String);

    public Layer? FindLayer(LayerKey key) =>
        Read("layers", key.Text, RecordsJson.Default.Layer) is { Descriptor: not null } layer ? layer : null;

    public void SaveLayer(LayerKey key, Layer layer) => Write("layers", key.Text, layer, RecordsJson.Default.Layer);

    private T? Read<T>(string folder, string key, JsonTypeInfo<T> type)
        where T : class =>
        SealedJson.Read(Path.Combine(store.Root, folder, key), type);

    private void Write<T>(string folder, string key, T value, JsonTypeInfo<T> type)
        where T : class =>
        SealedJson.Write(Path.Combine(store.Folder(folder), key), value, type);
}

[JsonSerializable(typeof(StepResult))]
[JsonSerializable(typeof(Layer))]
[JsonSerializable(typeof(BuildInputs))]
[JsonSerializable(typeof(string))]
internal sealed partial class RecordsJson : JsonSerializerContext;
