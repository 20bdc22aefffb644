using System.Text;
using ContainerStages.Posix;
using Microsoft.Win32.SafeHandles;

namespace ContainerStages.Content;

/// <summary>
/// What this process uses of the store, in a file that lives and is locked as long as the process: whoever removes things reads these files
/// and leaves what they name. Noting also tells when a thing was last used.
/// </summary>
/// <remarks>
/// A thing is noted before it is looked for. Noting shares the lock <see cref="RemovalKey"/>, removing holds it alone: what is found after
/// noting stays, and what is gone is seen to be gone.
/// </remarks>
public sealed class StoreUse(StoreDirectory store) : IDisposable
{
    public const string RemovalKey = "removal";

    /// <summary>Ends the name of the file that tells when a snapshot was last used.</summary>
    public const string MarkerSuffix = ".used";

    private const string Folder = "uses";
    private const uint JournalMode = 0x1B6; // rw-rw-rw-, less what the process's mask takes
    private readonly Lock gate = new();
    private readonly HashSet<string> noted = new(StringComparer.Ordinal);
    private readonly KeptLock removal = new(store, RemovalKey);
    private (string Path, SafeFileHandle File)? journal;

    /// <param name="items">Paths relative to the store, such as <c>blobs/sha256/(hex)</c>.</param>
    public void Note(params ReadOnlySpan<string> items)
    {
        lock (gate)
        {
            var fresh = new List<string>();
            foreach (var item in items)
            {
                if (noted.Add(item))
                {
                    fresh.Add(item);
                }
            }

            if (fresh.Count > 0 && store.IsWritable)
            {
                Write(fresh);
            }
        }
    }

    private void Write(List<string> items)
    {
        removal.EnterShared();
        try
        {
            journal ??= OpenJournal();
            FileCalls.WriteAll(
                journal.Value.File, Encoding.UTF8.GetBytes(string.Concat(items.Select(item => item + "\n"))), journal.Value.Path);
            foreach (var item in items)
            {
                Touch(Path.Combine(store.Root, item), IsSnapshot(item));
            }
        }
        finally
        {
            removal.Exit();
        }
    }

    /// <summary>
    /// Things that running builds use. To be called under the lock <see cref="RemovalKey"/>; files of processes that ended are removed.
    /// </summary>
    public static IReadOnlySet<string> ReadAll(StoreDirectory store)
    {
        var used = new HashSet<string>(StringComparer.Ordinal);
        foreach (var path in Directory.EnumerateFiles(store.Folder(Folder)))
        {
            if (IsAbandoned(path))
            {
                File.Delete(path);
                continue;
            }

            using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
            while (reader.ReadLine() is { } line)
            {
                used.Add(line);
            }
        }

        return used;
    }

    /// <summary>Nothing is used any more. What killed processes leave behind is removed by <see cref="ReadAll"/>.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            if (journal is var (path, file))
            {
                removal.EnterShared();
                try
                {
                    File.Delete(path);
                    file.Dispose();
                    journal = null;
                }
                finally
                {
                    removal.Exit();
                }
            }

            removal.Dispose();

            noted.Clear();
        }
    }

    private (string Path, SafeFileHandle File) OpenJournal()
    {
        const int flags = FileCalls.O_WRONLY | FileCalls.O_CREAT | FileCalls.O_EXCL;
        var path = Path.Combine(store.Root, Folder, $"{Environment.ProcessId}-{Guid.NewGuid():N}");
        var file = FileCalls.TryOpenFile(path, flags, JournalMode);
        if (file is null)
        {
            store.Folder(Folder);
            file = FileCalls.OpenFile(path, flags, JournalMode);
        }

        FileCalls.Lock(file, FileCalls.LOCK_SH);
        return (path, file);
    }

    private static bool IsAbandoned(string path)
    {
        try
        {
            using var alone = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return true;
        }
        catch (IOException)
        {
            // .NET reports a failed flock as IOException: its process lives.
            return false;
        }
    }

    /// <summary>When a thing was last noted; for one that never was, when it was made.</summary>
    public static DateTime LastUse(StoreDirectory store, string item)
    {
        var path = Path.Combine(store.Root, item);
        var marker = path + MarkerSuffix;
        return File.Exists(marker) ? File.GetLastWriteTimeUtc(marker)
            : IsSnapshot(item) ? File.GetCreationTimeUtc(path)
            : File.GetLastWriteTimeUtc(path);
    }

    private static bool IsSnapshot(string item) => item.StartsWith("snapshots/", StringComparison.Ordinal);

    /// <summary>The time of a snapshot's folder belongs to its content, so a file beside it is touched.</summary>
    private static void Touch(string path, bool isSnapshot)
    {
        var times = FileTimes.ModifiedNow();
        if (FileCalls.UtimensPath(
            FileCalls.AT_FDCWD, isSnapshot ? path + MarkerSuffix : path, ref times, FileCalls.AT_SYMLINK_NOFOLLOW) != 0
            && isSnapshot
            && Directory.Exists(path))
        {
            File.WriteAllBytes(path + MarkerSuffix, []);
        }
    }
}
