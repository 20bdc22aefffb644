using System.Globalization;
using ContainerStages.Caching;
using ContainerStages.Content;
using ContainerStages.Diagnostics;
using ContainerStages.Planning;
using ContainerStages.Posix;
using ContainerStages.Snapshots;
using ContainerStages.Stages;

namespace ContainerStages.Engines;

/// <summary>
/// The folders of cache mounts, below <c>caches</c> of the store: one per id, further ones where private caches are used at once. Locks
/// hold among the builds of all processes. Source: Dockerfile reference, RUN --mount=type=cache.
/// </summary>
internal sealed class CacheFolders(StoreDirectory store)
{
    /// <summary>
    /// Name of the cache: its id, what a new one begins with, because another beginning is another cache, and what keeps it apart: no id,
    /// however written, names the cache of a convention.
    /// </summary>
    /// <param name="content">Digest of the files it begins with; empty for none.</param>
    public static string NameOf(PlannedCache cache, string content) =>
        new KeyBuilder("cache").Add("id", cache.Id)
            .Add("content", content)
            .Add("owner", [.. cache.Owner.Declaration])
            .Add("apart", cache.Apart)
            .Build();

    /// <summary>Waits until the cache may be used as <paramref name="sharing"/> says; it is in use until the result is disposed.</summary>
    public async Task<UsedCache> UseAsync(string name, CacheSharing sharing, CancellationToken cancellationToken)
    {
        if (sharing != CacheSharing.Private)
        {
            store.Use.Note(ItemOf(name, 0));
            var held = await store.LockAsync(LockOf(name, 0), sharing == CacheSharing.Shared, cancellationToken);
            return new UsedCache(PathOf(name, 0), held);
        }

        for (var number = 0; ; number++)
        {
            if (store.TryLock(LockOf(name, number), shared: false) is { } held)
            {
                store.Use.Note(ItemOf(name, number));
                return new UsedCache(PathOf(name, number), held);
            }
        }
    }

    /// <summary>The first folder of a cache for reading; null where it is not there, or in use.</summary>
    public UsedCache? TryRead(string name) =>
        Directory.Exists(PathOf(name, 0)) && store.TryLock(LockOf(name, 0), shared: true) is { } held
            ? new UsedCache(PathOf(name, 0), held)
            : null;

    /// <summary>
    /// Makes the folder of a cache unless it exists; it appears whole. One build makes it, others wait: a rename replaces an empty folder,
    /// also one that another build has just begun to use.
    /// </summary>
    public async Task CreateAsync(string name, string path, string temporary, FileOwner owner, CancellationToken cancellationToken)
    {
        if (Directory.Exists(path))
        {
            return;
        }

        using var alone = await store.LockAsync($"cache-{name[..32]}-made", cancellationToken);
        if (Directory.Exists(path))
        {
            return;
        }

        Directory.CreateDirectory(temporary);
        FileCalls.Check(FileCalls.ChownNoFollow(temporary, owner.UserId ?? 0, owner.GroupId ?? 0), "chown", temporary);
        File.SetUnixFileMode(temporary, (UnixFileMode)(owner.Mode ?? 0x1ED));
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        Directory.Move(temporary, path);
    }

    private static string LockOf(string name, int number) => $"cache-{name[..32]}-{number.ToString(CultureInfo.InvariantCulture)}";

    private static string ItemOf(string name, int number) => $"caches/{name}/{number.ToString(CultureInfo.InvariantCulture)}";

    private string PathOf(string name, int number) => Path.Combine(store.Root, ItemOf(name, number));
}

/// <summary>A cache that is in use until it is disposed.</summary>
internal sealed class UsedCache(string path, IDisposable held) : IDisposable
{
    public string Path { get; } = path;

    public void Dispose() => held.Dispose();
}
