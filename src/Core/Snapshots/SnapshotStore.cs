using System.Collections.Concurrent;
using ContainerStages.Concurrency;
using ContainerStages.Content;
using ContainerStages.Layers;
using ContainerStages.Posix;

namespace ContainerStages.Snapshots;

/// <summary>
/// Layer folders by id, in overlay form (removed entries as 0/0 character devices, opaque folders by <c>user.overlay.opaque</c>).
/// A folder appears whole or not at all and never changes afterwards.
/// </summary>
internal sealed class SnapshotStore(StoreDirectory store)
{
    private const string TemporaryPrefix = "tmp-";
    private const char RecordedMark = 'r';

    // Of the process: an engine and the one that works for it have a store each, of one folder.
    private static int temporaryCount;
    private readonly SharedWork<SnapshotId, bool> running = new(remember: false);

    // What this process uses stays.
    private readonly ConcurrentDictionary<SnapshotId, byte> seen = new();
    private readonly string folder = store.Folder("snapshots");

    /// <summary>
    /// Name of a snapshot's folder: 32 digits of the id, to keep the option string of an overlay mount short. A folder whose owners are
    /// recorded beside it has another name than one whose files have them: only the latter can be mounted.
    /// </summary>
    public static string NameOf(SnapshotId id) => RecordedOwners.AreNeeded ? id.Hex[..31] + RecordedMark : id.Hex[..32];

    /// <summary>Every name that the snapshot may have.</summary>
    public static IEnumerable<string> NamesOf(SnapshotId id) => [id.Hex[..32], id.Hex[..31] + RecordedMark];

    public string PathOf(SnapshotId id) => Path.Combine(folder, NameOf(id));

    /// <summary>Whoever asks uses the snapshot: from here on nobody removes it.</summary>
    public bool Exists(SnapshotId id)
    {
        if (!seen.ContainsKey(id))
        {
            store.Use.Note($"snapshots/{NameOf(id)}");
            if (!Directory.Exists(PathOf(id)))
            {
                return false;
            }

            seen.TryAdd(id, 0);
        }

        return true;
    }

    /// <summary>
    /// Makes the snapshot unless it exists. <paramref name="fill"/> gets a fresh folder and returns the folder, inside it, that becomes
    /// the snapshot. One caller works, in this process and among others; the rest wait for it.
    /// </summary>
    public async Task CreateAsync(SnapshotId id, Func<string, CancellationToken, Task<string>> fill, CancellationToken cancellationToken)
    {
        if (!Exists(id))
        {
            await running.DoAsync(id, token => CreateLockedAsync(id, fill, token), cancellationToken);
        }
    }

    /// <summary>An empty folder on the file system of the snapshots, for work that is thrown away; removed when disposed.</summary>
    /// <param name="purpose">For whoever looks into the store; letters only.</param>
    public TemporaryFolder CreateTemporary(string purpose = "")
    {
        var path =
            Path.Combine(
                folder,
                $"{TemporaryPrefix}{Environment.ProcessId}-{ProcessStart(Environment.ProcessId)}-{purpose}" +
                $"{Interlocked.Increment(ref temporaryCount)}");
        Directory.CreateDirectory(path);
        return new TemporaryFolder(path);
    }

    /// <summary>Removes what killed builds left behind.</summary>
    public void RemoveAbandoned()
    {
        foreach (var path in Abandoned())
        {
            TreeRemover.Remove(path);
        }
    }

    /// <summary>Folders of builds that were killed.</summary>
    public IEnumerable<string> Abandoned()
    {
        foreach (var path in Directory.EnumerateDirectories(folder, TemporaryPrefix + "*"))
        {
            var parts = Path.GetFileName(path)[TemporaryPrefix.Length..].Split('-');
            if (!int.TryParse(parts[0], out var owner) || ProcessStart(owner) != parts.ElementAtOrDefault(1))
            {
                yield return path;
            }
        }
    }

    private async Task<bool> CreateLockedAsync(
        SnapshotId id,
        Func<string, CancellationToken,
        Task<string>> fill,
        CancellationToken cancellationToken)
    {
        using var held = await store.LockAsync("snapshot-" + id.Hex[..32], cancellationToken);
        if (Exists(id))
        {
            return false;
        }

        using var temporary = CreateTemporary();
        var made = await fill(temporary.Path, cancellationToken);

        RecordedOwners.Read(made)?.Save(PathOf(id));

        // A file in its place is damage.
        File.Delete(PathOf(id));
        Directory.Move(made, PathOf(id));
        return true;
    }

    /// <summary>
    /// When a process started, in clock ticks since boot: with the number it names a process for good; empty where there is none.
    /// </summary>
    private static string ProcessStart(int processId)
    {
        try
        {
            var status = File.ReadAllText($"/proc/{processId}/stat");
            return status[(status.LastIndexOf(')') + 2)..].Split(' ')[19];
        }
        catch (IOException)
        {
            return "";
        }
    }
}

/// <summary>A folder that goes with its handle.</summary>
internal sealed class TemporaryFolder(string path) : IDisposable
{
    public string Path { get; } = path;

    public void Dispose() => TreeRemover.Remove(Path);
}
