using System.Collections.Concurrent;
using System.Collections.Immutable;
using ContainerStages.Content;
using ContainerStages.Layers;
using ContainerStages.Oci;
using ContainerStages.Snapshots;

namespace ContainerStages.Caching;

/// <summary>
/// The memory of this machine, and behind it what other machines shared. What is found there is kept here too. Everything that the
/// build asks
/// for or finds out is recorded: it is what the build has to share.
/// </summary>
internal sealed class SharedMemory(IStepMemory local, IContentStore content, ImmutableArray<SharedCache> caches) : IStepMemory
{
    private readonly ConcurrentDictionary<StepKey, StepResult> steps = new();
    private readonly ConcurrentDictionary<SelectionKey, string> selections = new();
    private readonly ConcurrentDictionary<LayerKey, Layer> layers = new();
    private readonly ConcurrentDictionary<string, bool> mounts = new(StringComparer.Ordinal);

    /// <summary>Days from 1970-01-01 to this build.</summary>
    public int Today { get; } = (int)(DateTime.UtcNow - DateTime.UnixEpoch).TotalDays;

    /// <summary>What commands of this build mounted, by the names of the folders.</summary>
    public IEnumerable<string> UsedMounts => mounts.Keys.Order(StringComparer.Ordinal);

    /// <summary>Layers of the steps of this build that changed files.</summary>
    public IEnumerable<SnapshotId> MadeLayers =>
        steps.Values.Where(step => !step.Empty).Select(step => step.Layer).Distinct();

    public StepResult? FindStep(StepKey key) => Record(
        steps,
        key,
        local.FindStep(key) ?? Take(cache => cache.Steps.GetValueOrDefault(key.Hex)?.Result, result => local.SaveStep(key, result)));

    public void SaveStep(StepKey key, StepResult result)
    {
        steps[key] = result;
        local.SaveStep(key, result);
    }

    public string? FindSelection(SelectionKey key) => Record(
        selections,
        key,
        local.FindSelection(key)
            ?? Take(cache => cache.Selections.GetValueOrDefault(key.Hex)?.Digest, digest => local.SaveSelection(key, digest)));

    public void SaveSelection(SelectionKey key, string digest)
    {
        selections[key] = digest;
        local.SaveSelection(key, digest);
    }

    /// <remarks>A blob that another machine shares is of more use than one that this machine made once and has no more.</remarks>
    public Layer? FindLayer(LayerKey key)
    {
        var own = local.FindLayer(key);
        return Record(layers, key, own is not null && content.Holds(own.Descriptor) ? own : TakeLayer(key) ?? own);
    }

    public void SaveLayer(LayerKey key, Layer layer)
    {
        layers[key] = layer;
        local.SaveLayer(key, layer);
    }

    public Layer? FindMount(string name) =>
        caches.Select(cache => cache.Document.Mounts.GetValueOrDefault(name)).FirstOrDefault(found => found is not null)?.Layer;

    public void RecordMount(string name) => mounts[name] = true;

    public bool IsShared(Descriptor blob) => caches.Any(cache => cache.Has(blob));

    public async Task<Stream?> OpenSharedAsync(Descriptor blob, CancellationToken cancellationToken)
    {
        foreach (var cache in caches.Where(cache => cache.Has(blob)))
        {
            try
            {
                return await cache.Medium.OpenAsync(blob, cancellationToken);
            }
            catch (Exception exception) when (SharedCache.IsTorn(exception, cancellationToken))
            {
                cache.Drop(blob, SharedCache.ReasonOf(exception));
            }
        }

        return null;
    }

    public void DropShared(Descriptor blob, string reason)
    {
        foreach (var cache in caches.Where(cache => cache.Has(blob)))
        {
            cache.Drop(blob, reason);
        }
    }

    /// <summary>Of a cache's document what was not found to be missing or damaged.</summary>
    public SharedCacheDocument WithoutDropped(SharedCacheDocument document) => document with
    {
        Layers = new(document.Layers.Where(layer => !IsDropped(layer.Value.Descriptor)).ToDictionary(), StringComparer.Ordinal),
        Mounts = new(document.Mounts.Where(mount => !IsDropped(mount.Value.Descriptor)).ToDictionary(), StringComparer.Ordinal),
    };

    /// <summary>True where a cache was found to have another content under the blob's name, or none.</summary>
    public bool IsDropped(Descriptor blob) => caches.Any(cache => cache.IsDropped(blob));

    /// <summary>What the build used and found out, without the layers that nobody wrote as blobs.</summary>
    public SharedCacheDocument Recorded() => new()
    {
        Steps = Sorted(steps, key => key.Hex, step => new SharedStep(step.Layer.Hex, step.Empty, Today)),
        Selections = Sorted(selections, key => key.Hex, digest => new SharedSelection(digest, Today)),
        Layers = Sorted(layers, key => key.Text, layer => SharedLayer.Of(layer, Today)),
    };

    private Layer? TakeLayer(LayerKey key) =>
        Take(cache => cache.Layers.GetValueOrDefault(key.Text)?.Layer, layer => local.SaveLayer(key, layer));

    /// <summary>What the first cache says that says anything; it is kept here too.</summary>
    private T? Take<T>(Func<SharedCacheDocument, T?> find, Action<T> keep)
        where T : class
    {
        var found = caches.Select(cache => find(cache.Document)).FirstOrDefault(shared => shared is not null);
        if (found is not null)
        {
            keep(found);
        }

        return found;
    }

    private static T? Record<TKey, T>(ConcurrentDictionary<TKey, T> used, TKey key, T? found)
        where TKey : notnull
        where T : class =>
        found is null ? null : used[key] = found;

    private static SortedDictionary<string, TShared> Sorted<TKey, TValue, TShared>(
        ConcurrentDictionary<TKey, TValue> entries, Func<TKey, string> name, Func<TValue, TShared> share)
        where TKey : notnull =>
        new(entries.ToDictionary(entry => name(entry.Key), entry => share(entry.Value)), StringComparer.Ordinal);
}
