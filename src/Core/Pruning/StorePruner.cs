using System.Collections.Immutable;
using System.Globalization;
using ContainerStages.Content;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Images;
using ContainerStages.Posix;
using ContainerStages.Snapshots;

namespace ContainerStages.Pruning;

/// <summary>
/// Removes things from a store that builds are using at the same time. What goes is renamed away in one short moment in which nobody can
/// begin to use anything (<see cref="StoreUse"/>), and removed afterwards; so a build finds each thing whole or not at all.
/// </summary>
public sealed class StorePruner(StoreDirectory store)
{
    private const string PruneKey = "prune";
    private readonly StoreContents contents = new(store);
    private readonly ImageNames names = new(store);

    public async Task<PruneReport> PruneAsync(PruneSettings settings, CancellationToken cancellationToken)
    {
        using var alone = await store.LockAsync(PruneKey, cancellationToken);
        var damage = await RepairNamesAsync(settings, cancellationToken);
        var items = await contents.ListAsync(await contents.ReadNamedAsync(cancellationToken), cancellationToken);
        var wanted = PruneChoice.Choose(items, settings, DateTime.UtcNow);
        ImmutableArray<StoreItem> gone;
        ImmutableArray<string> namesGone;
        ImmutableArray<Diagnostic> warnings;
        using (await store.LockAsync(StoreUse.RemovalKey, cancellationToken))
        {
            var used = StoreUse.ReadAll(store);

            // A build that ended meanwhile may have given a name to what had none.
            var named = await contents.ReadNamedAsync(cancellationToken);
            warnings = named.Warnings;
            gone =
                [.. wanted.Where(item => !used.Contains(item.Path)
                    && (item.IsNamed || item.Kind != StoreItemKind.Blob || named.LastUse(Path.GetFileName(item.Path)) is null))];
            namesGone = await DropNamesAsync(
                gone.Where(item => item.IsNamed).Select(item => Path.GetFileName(item.Path)).ToHashSet(StringComparer.Ordinal),
                settings,
                cancellationToken);
            if (!settings.DryRun)
            {
                MoveToTrash(gone);
                RemoveEmptyCaches(used);
            }
        }

        var refused = settings.DryRun ? [] : EmptyTrash();
        if (!settings.DryRun)
        {
            store.RemoveIdleLocks(held: PruneKey);
        }

        var left = items.Sum(item => item.Size) - gone.Sum(item => item.Size);
        return new PruneReport(
            gone, namesGone, wanted.Length - gone.Length, left, [.. damage, .. warnings, .. refused]) { IsComplete = refused.Count == 0 };
    }

    private async Task<IReadOnlyList<Diagnostic>> RepairNamesAsync(PruneSettings settings, CancellationToken cancellationToken)
    {
        var damage = new List<Diagnostic>();
        _ = new ImageNames(store, damage.Add).List();
        if (damage.Count > 0 && !settings.DryRun)
        {
            await names.RepairAsync(cancellationToken);
        }

        return damage;
    }

    /// <summary>An image that loses a part loses its name.</summary>
    private async Task<ImmutableArray<string>> DropNamesAsync(
        HashSet<string> blobs,
        PruneSettings settings,
        CancellationToken cancellationToken)
    {
        var dropped = ImmutableArray.CreateBuilder<NamedImage>();
        foreach (var image in settings.All ? names.List() : [])
        {
            var parts = await ImageContents.ReadAsync(
                [(image.Name.FamiliarName, image.Manifest)],
                new DiskContentStore(store.Root),
                _ => default,
                cancellationToken);
            if (!parts.Warnings.IsEmpty || blobs.Any(hex => parts.LastUse(hex) is not null))
            {
                dropped.Add(image);
            }
        }

        if (!settings.DryRun && dropped.Count > 0)
        {
            await names.RemoveAsync([.. dropped.Select(image => image.Name)], cancellationToken);
        }

        return [.. dropped.Select(image => image.Name.FamiliarName)];
    }

    private void MoveToTrash(ImmutableArray<StoreItem> items)
    {
        var trash = Path.Combine(store.Folder(StoreContents.Trash), Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(trash);
        var number = 0;
        foreach (var path in items.Where(item => !item.Path.StartsWith(StoreContents.Trash + "/", StringComparison.Ordinal))
            .Select(item => item.Path))
        {
            Move(path, Path.Combine(trash, number++.ToString(CultureInfo.InvariantCulture)));
            foreach (var companion in UnpackedLayer.Companions(path).Append(path + StoreUse.MarkerSuffix))
            {
                TreeRemover.Remove(Path.Combine(store.Root, companion));
            }
        }

        foreach (var path in contents.BrokenSteps().ToArray())
        {
            File.Delete(Path.Combine(store.Root, path));
        }
    }

    /// <summary>A build notes a cache before it makes its folder.</summary>
    private void RemoveEmptyCaches(IReadOnlySet<string> used)
    {
        var caches = Path.Combine(store.Root, "caches");
        foreach (var cache in Directory.Exists(caches) ? Directory.GetDirectories(caches) : [])
        {
            var isUsed = used.Any(item => item.StartsWith($"caches/{Path.GetFileName(cache)}/", StringComparison.Ordinal));
            if (!isUsed && !Directory.EnumerateFileSystemEntries(cache).Any())
            {
                Directory.Delete(cache);
            }
        }
    }

    private void Move(string item, string target)
    {
        var path = Path.Combine(store.Root, item);
        try
        {
            if (Directory.Exists(path))
            {
                Directory.Move(path, target);
            }
            else
            {
                File.Move(path, target);
            }
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            // Another process removed what nobody needs, as builds do with the leftovers of killed ones.
        }
    }

    private List<Diagnostic> EmptyTrash()
    {
        var warnings = new List<Diagnostic>();
        foreach (var path in Directory.EnumerateFileSystemEntries(store.Folder(StoreContents.Trash)))
        {
            try
            {
                TreeRemover.Remove(path);
            }
            catch (PosixException refused)
            {
                warnings.Add(PruneDiagnostics.NotRemoved(path, refused.Message));
            }
        }

        return warnings;
    }
}
