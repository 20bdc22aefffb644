using System.Text.Json;
using System.Text.Json.Serialization;
using ContainerStages.Layers;
using ContainerStages.Oci;
using ContainerStages.Snapshots;

namespace ContainerStages.Caching;

/// <summary>
/// What builds of many machines found out, as it travels: the configuration of an OCI artifact whose layers are the blobs that it
/// names. Keys are those of the store's own memory. Days count from 1970-01-01 and say when an entry was last of use.
/// </summary>
internal sealed record SharedCacheDocument
{
    public const string MediaType = "application/vnd.containerstages.cache.v1+json";

    /// <summary>Begins the media type of every version.</summary>
    public const string AnyVersion = "application/vnd.containerstages.cache.";

    /// <summary>Most entries of a kind that are kept: the document and the manifest stay below what registries take (4 MiB).</summary>
    private const int MostEntries = 6000;

    public SortedDictionary<string, SharedStep> Steps { get; init; } = new(StringComparer.Ordinal);

    /// <summary>Digests of the files that copies select.</summary>
    public SortedDictionary<string, SharedSelection> Selections { get; init; } = new(StringComparer.Ordinal);

    public SortedDictionary<string, SharedLayer> Layers { get; init; } = new(StringComparer.Ordinal);

    /// <summary>Content of cache mounts, by the name of their folder.</summary>
    public SortedDictionary<string, SharedLayer> Mounts { get; init; } = new(StringComparer.Ordinal);

    /// <summary>Every blob once.</summary>
    [JsonIgnore]
    public IEnumerable<Descriptor> Blobs =>
        Layers.Values.Concat(Mounts.Values).Select(layer => layer.Descriptor).DistinctBy(blob => blob.Digest);

    /// <exception cref="InvalidDataException">The bytes are no such document.</exception>
    public static SharedCacheDocument Read(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var document = JsonSerializer.Deserialize(bytes, SharedCacheJson.Default.SharedCacheDocument)
                ?? throw new InvalidDataException("it is empty.");
            return document.IsWellFormed() ? document : throw new InvalidDataException("an entry has another form.");
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException)
        {
            throw new InvalidDataException(exception.Message, exception);
        }
    }

    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, SharedCacheJson.Default.SharedCacheDocument);

    /// <summary>True where <paramref name="other"/> would change nothing here.</summary>
    public bool Covers(SharedCacheDocument other) =>
        other.Steps.All(entry => Steps.TryGetValue(entry.Key, out var own) && own.Day >= entry.Value.Day)
        && other.Selections.All(entry => Selections.TryGetValue(entry.Key, out var own) && own.Day >= entry.Value.Day)
        && Covers(Layers, other.Layers)
        && Covers(Mounts, other.Mounts);

    /// <summary>Both; where both have an entry, the one of <paramref name="newer"/>.</summary>
    public SharedCacheDocument With(SharedCacheDocument newer) => new()
    {
        Steps = Merge(Steps, newer.Steps),
        Selections = Merge(Selections, newer.Selections),
        Layers = Merge(Layers, newer.Layers),
        Mounts = Merge(Mounts, newer.Mounts),
    };

    /// <summary>
    /// Without entries that were of no use since <paramref name="oldest"/>, and without those least recently used where the blobs are
    /// more bytes than <paramref name="mostBytes"/>.
    /// </summary>
    public SharedCacheDocument Bounded(int oldest, long mostBytes)
    {
        var kept = new HashSet<Digest>();
        var bytes = 0L;
        foreach (var layer in Layers.Values.Concat(Mounts.Values).Where(layer => layer.Day >= oldest).OrderByDescending(layer => layer.Day)
            .ThenBy(layer => layer.Descriptor.Size))
        {
            if (!kept.Contains(layer.Descriptor.Digest) && bytes + layer.Descriptor.Size <= mostBytes)
            {
                kept.Add(layer.Descriptor.Digest);
                bytes += layer.Descriptor.Size;
            }
        }

        return new SharedCacheDocument
        {
            Steps = Newest(Steps, step => step.Day, oldest),
            Selections = Newest(Selections, selection => selection.Day, oldest),
            Layers = Newest(Layers.Where(layer => kept.Contains(layer.Value.Descriptor.Digest)), layer => layer.Day, oldest),
            Mounts = Newest(Mounts.Where(mount => kept.Contains(mount.Value.Descriptor.Digest)), mount => mount.Day, oldest),
        };
    }

    private static bool Covers(SortedDictionary<string, SharedLayer> own, SortedDictionary<string, SharedLayer> other) =>
        other.All(entry => own.TryGetValue(entry.Key, out var layer)
            && layer.Day >= entry.Value.Day
            && layer.Descriptor.Digest == entry.Value.Descriptor.Digest);

    private static SortedDictionary<string, T> Merge<T>(SortedDictionary<string, T> older, SortedDictionary<string, T> newer)
    {
        var merged = new SortedDictionary<string, T>(older, StringComparer.Ordinal);
        foreach (var (key, value) in newer)
        {
            merged[key] = value;
        }

        return merged;
    }

    private static SortedDictionary<string, T> Newest<T>(IEnumerable<KeyValuePair<string, T>> entries, Func<T, int> day, int oldest) => new(
        entries.Where(entry => day(entry.Value) >= oldest).OrderByDescending(entry => day(entry.Value)).Take(MostEntries).ToDictionary(),
        StringComparer.Ordinal);

    /// <summary>
    /// Whatever is read comes from a stranger: names that could lead elsewhere, and blobs that are to be had elsewhere, are none of
    /// ours.
    /// </summary>
    private bool IsWellFormed() =>
        Steps.All(step => IsKey(step.Key) && IsKey(step.Value.Layer))
        && Selections.All(selection => IsKey(selection.Key) && selection.Value.Digest is { Length: > 0 and < 200 })
        && Layers.All(layer => layer.Key.Length is > 64 and < 200 && IsKey(layer.Key[..64])
            && !layer.Key.AsSpan().ContainsAny('/', '\\', '\0') && IsWhole(layer.Value))
        && Mounts.All(mount => IsKey(mount.Key) && IsWhole(mount.Value));

    private static bool IsWhole(SharedLayer layer) =>
        layer.Descriptor is { Size: >= 0, Urls: null, MediaType: { } type } && MediaTypes.IsLayer(type) && layer.Size >= 0
            && layer.DiffId.IsSet && layer.Descriptor.Digest.IsSet;

    private static bool IsKey(string? text) => text is { Length: 64 } && text.All(char.IsAsciiHexDigitLower);
}

/// <summary>What a step made. <paramref name="Layer"/>: id of its layer.</summary>
internal sealed record SharedStep(string Layer, bool Empty, int Day)
{
    [JsonIgnore]
    public StepResult Result => new(new SnapshotId(Layer), Empty);
}

/// <summary>What a copy selects.</summary>
internal sealed record SharedSelection(string Digest, int Day);

/// <summary>A blob of the cache, and what is inside it.</summary>
internal sealed record SharedLayer(Descriptor Descriptor, Digest DiffId, long Size, int Day)
{
    public static SharedLayer Of(Layer layer, int day) => new(layer.Descriptor, layer.DiffId, layer.Size, day);

    [JsonIgnore]
    public Layer Layer => new(Descriptor, DiffId, Size);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(SharedCacheDocument))]
internal sealed partial class SharedCacheJson : JsonSerializerContext;
