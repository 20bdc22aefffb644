using System.Collections.Concurrent;
using System.Collections.Immutable;
using ContainerStages.Content;
using ContainerStages.Layers;
using ContainerStages.Oci;

namespace ContainerStages.Caching;

/// <summary>
/// The memory of this machine, and behind it what other machines shared. What is found there is kept here too. Everything that the
/// build asks
/// for or finds out is recorded: it is what the build has to share.
/// </summary>
internal sealed class SharedMemory(IStepMemory local, IContentStore content, ImmutableArray<SharedCache> caches, int today) : IStepMemory
{
    private readonly ConcurrentDictionary<StepKey, StepResult> steps = new();
    private readonly ConcurrentDictionary<SelectionKey, string> selections = new();
    private readonly ConcurrentDictionary<LayerKey, Layer> layers = new();
    private readonly ConcurrentDictionary<string, bool> mounts = new(StringComparer.Ordinal);

    /// <summary>What commands of this build mounted, by the names of the folders.</summary>
    public IEnumerable<string> UsedMounts => mounts.Keys.Order(StringComparer.Ordinal);

    /// <summary>Layers of the steps of this build that changed files.</summary>
    public IEnumerable<string> MadeLayers =>
        steps.Values.Where(step => !step.Empty).Select(step => step.Layer).Distinct(StringComparer.Ordinal);

    public StepResult? FindStep(StepKey key)
    {
        var found = local.FindStep(key);
        if (found is null && First(cache => cache.Document.Steps.GetValueOrDefault(key.Hex)) is { } shared)
        {
            found = new StepResult(shared.Layer, shared.Empty);
            local.SaveStep(key, found);
        }

        return found is null ? null : steps[key] = found;
    }

    public void SaveStep(StepKey key, StepResult result)
    {
        steps[key] = result;
        local.SaveStep(key, result);
    }

    public string? FindSelection(SelectionKey key)
    {
        var found = local.FindSelection(key);
        if (found is null && First(cache => cache.Document.Selections.GetValueOrDefault(key.Hex)) is { } shared)
        {
            found = shared.Digest;
            local.SaveSelection(key, found);
        }

        return found is null ? null : selections[key] = found;
    }

    public void SaveSelection(SelectionKey key, string digest)
    {
        selections[key] = digest;
        local.SaveSelection(key, digest);
    }

    public Layer? FindLayer(LayerKey key)
    {
        var found = local.FindLayer(key);
        if ((found is null || content.GetSize(found.Descriptor.Digest) != found.Descriptor.Size)
            && First(cache => cache.Document.Layers.GetValueOrDefault(key.Text)) is { } shared)
        {
            found = shared.Layer;
            local.SaveLayer(key, found);
        }

        return found is null ? null : layers[key] = found;
    }

    public void SaveLayer(LayerKey key, Layer layer)
    {
        layers[key] = layer;
        local.SaveLayer(key, layer);
    }

    public Layer? FindMount(string name) => First(cache => cache.Document.Mounts.GetValueOrDefault(name))?.Layer;

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
        Steps = Sorted(steps, key => key.Hex, step => new SharedStep(step.Layer, step.Empty, today)),
        Selections = Sorted(selections, key => key.Hex, digest => new SharedSelection(digest, today)),
        Layers = Sorted(layers, key => key.Text, layer => SharedLayer.Of(layer, today)),
    };

    private T? First<T>(Func<SharedCache, T?> find)
        where T : class =>
        caches.Select(find).FirstOrDefault(found => found is not null);

    private static SortedDictionary<string, TShared> Sorted<TKey, TValue, TShared>(
        ConcurrentDictionary<TKey, TValue> entries, Func<TKey, string> name, Func<TValue, TShared> share)
        where TKey : notnull =>
        new(entries.ToDictionary(entry => name(entry.Key), entry => share(entry.Value)), StringComparer.Ordinal);
}
