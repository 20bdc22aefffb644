using System.Collections.Immutable;
using ContainerStages.Caching;
using ContainerStages.Content;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Engines;
using ContainerStages.Media.Caches;

namespace ContainerStages.Building;

/// <summary>
/// The caches that this build shares with other machines: read before anything runs, written when the image is published. Nothing about
/// them can fail a build, except a value that means nothing.
/// </summary>
internal sealed class SharedCaches
{
    private readonly PlannedBuild planned;
    private readonly IBuildEvents events;
    private readonly SharedMemory? memory;

    private SharedCaches(PlannedBuild planned, SharedMemory? memory, IBuildEvents events) =>
        (this.planned, this.memory, this.events) = (planned, memory, events);

    /// <summary>What can be known to fail before anything is built.</summary>
    /// <exception cref="BuildFailedException">A value names no cache.</exception>
    public static void Check(BuildPolicy policy)
    {
        _ = From(policy);
        _ = To(policy);
    }

    /// <summary>Full paths of those that are folders.</summary>
    public static IEnumerable<string> FoldersOf(BuildPolicy policy) =>
        From(policy).Concat(To(policy)).Select(place => place.Folder).Where(folder => folder.Length > 0);

    /// <summary>Reads the caches, side by side, and lets the session's memory look into them.</summary>
    public static async Task<SharedCaches> OpenAsync(PlannedBuild planned, IBuildEvents warnings, CancellationToken cancellationToken)
    {
        var policy = planned.Definition.Policy;
        if (policy.CacheFrom.Count + policy.CacheTo.Count == 0)
        {
            return new SharedCaches(planned, memory: null, warnings);
        }

        var found = await Task.WhenAll(From(policy).Select(place => ReadAsync(planned.Session, place, warnings, cancellationToken)));
        ImmutableArray<SharedCache> caches = [.. found.OfType<SharedCache>()];
        var shared = new SharedMemory(new StoreMemory(planned.Session.Store), planned.Session.Content, caches);
        planned.Session.Memory = shared;
        return new SharedCaches(planned, shared, warnings);
    }

    /// <summary>
    /// True where a cache gets layers whose folders no blob was made of yet: they may have files that only their owners read.
    /// </summary>
    public bool ReadsFolders => memory is not null
        && To(planned.Definition.Policy).Any(place => place.WithAllLayers)
        && memory.MadeLayers.Any(layer => memory.FindLayer(RequestSettings.ToWorkOn.KeyOf(layer)) is null);

    /// <summary>Writes what this build used and found out, one cache after the other.</summary>
    public async Task SaveAsync(CancellationToken cancellationToken)
    {
        if (memory is null)
        {
            return;
        }

        var mounts = new SharedMounts(planned, memory, events);
        foreach (var place in To(planned.Definition.Policy))
        {
            var medium = Open(planned.Session, place);
            if (planned.Definition.Policy.Offline && place.Reference is not null)
            {
                events.Report(new DiagnosticReported(SharedCacheDiagnostics.NotWritten(medium.Name, "the build is offline.")));
                continue;
            }

            var step = ProgressStep.Begin(events, "cache", $"export cache to {medium.Name}");
            try
            {
                var written = await new SharedCacheExport(planned, memory, mounts, place, medium).SaveAsync(cancellationToken);
                step.Finish(written ? StepOutcome.Done : StepOutcome.Cached);
            }
            catch (Exception exception) when (SharedCache.IsTorn(exception, cancellationToken))
            {
                step.Finish(StepOutcome.Failed);
                events.Report(new DiagnosticReported(SharedCacheDiagnostics.NotWritten(medium.Name, SharedCache.ReasonOf(exception))));
            }
            catch
            {
                step.Finish(StepOutcome.Failed);
                throw;
            }
        }
    }

    private static async Task<SharedCache?> ReadAsync(BuildSession session, SharedCachePlace place, IBuildEvents warnings,
        CancellationToken cancellationToken)
    {
        if (session.IsOffline && place.Reference is not null)
        {
            return null;
        }

        var medium = Open(session, place);
        try
        {
            var found = await medium.FindAsync(cancellationToken);
            if (found?.Damage is { } damage)
            {
                warnings.Report(new DiagnosticReported(SharedCacheDiagnostics.NotRead(medium.Name, damage)));
            }

            return found is null ? null : new SharedCache(medium, found.Document, warnings);
        }
        catch (Exception exception) when (SharedCache.IsTorn(exception, cancellationToken))
        {
            warnings.Report(new DiagnosticReported(SharedCacheDiagnostics.NotRead(medium.Name, SharedCache.ReasonOf(exception))));
            return null;
        }
    }

    private static ISharedCacheMedium Open(BuildSession session, SharedCachePlace place) =>
        place.Reference is { } reference ? new RegistryCache(session.Registry, reference, session.Content) : new FolderCache(place.Folder);

    private static ImmutableArray<SharedCachePlace> From(BuildPolicy policy) =>
        [.. policy.CacheFrom.Select(text => SharedCachePlace.Parse(text, "ContainerStagesCacheFrom (--cache-from)", isWritten: false))];

    private static ImmutableArray<SharedCachePlace> To(BuildPolicy policy) =>
        [.. policy.CacheTo.Select(text => SharedCachePlace.Parse(text, "ContainerStagesCacheTo (--cache-to)", isWritten: true))];
}
