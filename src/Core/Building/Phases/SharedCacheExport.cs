using ContainerStages.Caching;
using ContainerStages.Content;
using ContainerStages.Diagnostics;
using ContainerStages.Engines;
using ContainerStages.Layers;
using ContainerStages.Oci;
using ContainerStages.Snapshots;

namespace ContainerStages.Building;

/// <summary>Writes one shared cache: what it has is not sent again, and what other writers put there stays.</summary>
internal sealed class SharedCacheExport(PlannedBuild planned, SharedMemory memory, SharedMounts mounts, SharedCachePlace place,
    ISharedCacheMedium medium)
{
    private const int Attempts = 10;
    private readonly BuildSession session = planned.Session;
    private SharedCacheDocument found = new();
    private readonly HashSet<Digest> sent = [];
    private HashSet<Digest> there = [];
    private bool isTorn;

    /// <returns>False where the cache has all of it.</returns>
    /// <exception cref="BuildFailedException">It cannot be written.</exception>
    /// <exception cref="InvalidDataException">What is there is no cache.</exception>
    public async Task<bool> SaveAsync(CancellationToken cancellationToken)
    {
        var before = await medium.FindAsync(cancellationToken);
        found = memory.WithoutDropped(before?.Document ?? new SharedCacheDocument());
        there = [.. found.Blobs.Select(blob => blob.Digest)];
        var own = await CollectAsync(cancellationToken);
        if (before?.Damage is null && found.Covers(own))
        {
            return false;
        }

        await SendAsync(own, found, cancellationToken);

        // The builds of this machine take turns: each finds what the one before wrote, and only other machines can come between.
        using var turn = await session.Store.LockAsync("shared-cache-" + StoreDirectory.KeyOf(medium.Name)[..32], cancellationToken);
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            before = await medium.FindAsync(cancellationToken);
            var existing = isTorn ? new SharedCacheDocument() : memory.WithoutDropped(before?.Document ?? new SharedCacheDocument());
            if (before?.Damage is null && existing.Covers(own))
            {
                return false;
            }

            var merged = existing.With(own).Bounded(memory.Today - place.MostDays, place.MostBytes);
            if (await TryWriteAsync(before, existing, merged, cancellationToken))
            {
                return true;
            }

            await Task.Delay(Random.Shared.Next(20, 50 * attempt), cancellationToken);
        }

        throw new InvalidDataException($"others wrote it each time that this build tried to, {Attempts} times.");
    }

    /// <summary>
    /// What this build has to share: the blobs of the image, and where all layers are wanted, those of every step, and the cache
    /// mounts.
    /// </summary>
    private async Task<SharedCacheDocument> CollectAsync(CancellationToken cancellationToken)
    {
        if (place.WithAllLayers)
        {
            foreach (var layer in memory.MadeLayers)
            {
                await WriteLayerAsync(layer, cancellationToken);
            }
        }

        var recorded = memory.Recorded();
        var form = planned.Definition.Form;
        var wanted = memory.MadeLayers
            .SelectMany(layer =>
                place.WithAllLayers ? (LayerKey[])[form.KeyOf(layer), RequestSettings.ToWorkOn.KeyOf(layer)] : [form.KeyOf(layer)])
            .Select(key => key.Text)
            .ToHashSet(StringComparer.Ordinal);
        var layers = recorded.Layers.Where(layer => wanted.Contains(layer.Key) && IsHad(layer.Value.Descriptor));
        return recorded with
        {
            Layers = new(layers.ToDictionary(), StringComparer.Ordinal),
            Mounts = await mounts.PackAsync(cancellationToken),
        };
    }

    /// <summary>Makes a blob of a layer's folder, unless there is one. A layer that no machine has any more is left out.</summary>
    private async Task WriteLayerAsync(SnapshotId layer, CancellationToken cancellationToken)
    {
        var key = RequestSettings.ToWorkOn.KeyOf(layer);
        var snapshots = new SnapshotStore(session.Store);
        if (found.Layers.TryGetValue(key.Text, out var shared))
        {
            memory.SaveLayer(key, shared.Layer);
            return;
        }

        if ((memory.FindLayer(key) is { } known && IsHad(known.Descriptor)) || !snapshots.Exists(layer))
        {
            return;
        }

        var options = new LayerWriterOptions(RequestSettings.ToWorkOn);
        if (await LayerWriter.WriteAsync(snapshots.PathOf(layer), session.Content, options, cancellationToken) is { } written)
        {
            memory.SaveLayer(key, written);
        }
    }

    private bool IsHad(Descriptor blob) =>
        session.Content.Holds(blob) || memory.IsShared(blob) || there.Contains(blob.Digest);

    /// <summary>Sends what is not there yet.</summary>
    private async Task SendAsync(SharedCacheDocument document, SharedCacheDocument existing, CancellationToken cancellationToken)
    {
        var lacking = document.Blobs.Where(blob => !sent.Contains(blob.Digest)).ExceptBy(existing.Blobs.Select(blob => blob.Digest),
            blob => blob.Digest).ToArray();
        var atOnce = session.Registry.Uploads.AtOnce;
        var options = new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(lacking, options, async (blob, token) =>
            await medium.WriteAsync(blob, memory.IsDropped(blob), inner => OpenAsync(blob, inner), token));
        sent.UnionWith(lacking.Select(blob => blob.Digest));
    }

    private async Task<bool> TryWriteAsync(StoredCache? before, SharedCacheDocument existing, SharedCacheDocument merged,
        CancellationToken cancellationToken)
    {
        await SendAsync(merged, existing, cancellationToken);
        try
        {
            return await medium.TryReplaceAsync(before, merged, cancellationToken);
        }
        catch (BuildFailedException failure) when (!isTorn && PublishDiagnostics.BlamesPart(failure))
        {
            // A clean-up of the registry took blobs from under the manifest: what only others had is lost, and this build's own begins
            // anew.
            isTorn = true;
            sent.Clear();
            return false;
        }
    }

    /// <summary>A blob of this machine, or of another cache, which is brought here first.</summary>
    private async Task<Stream> OpenAsync(Descriptor blob, CancellationToken cancellationToken)
    {
        return await memory.FetchAsync(blob, session.Content, cancellationToken)
            ? session.Content.OpenRead(blob.Digest)
            : throw new InvalidDataException($"{blob.Digest} cannot be had any more.");
    }
}
