using System.Security.Cryptography;
using System.Text;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Posix;

namespace ContainerStages.Content;

/// <summary>
/// The folder that holds everything the embedded engine keeps: an OCI layout (oci-layout, index.json, blobs) beside snapshots and
/// records. Several builds may use it at once: files appear by rename, work on one key is done under that key's lock.
/// </summary>
public sealed class StoreDirectory
{
    /// <summary>How the name of a small file ends while it is written.</summary>
    public const string Unfinished = ".tmp";

    private const string Locks = "locks";

    /// <exception cref="BuildFailedException">The folder cannot be made or written, or another user works in it.</exception>
    public StoreDirectory(string root)
    {
        Root = Path.GetFullPath(root);
        try
        {
            Directory.CreateDirectory(Root, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            Folder(Locks);
        }
        catch (Exception failure) when (Explain(failure, Root) is { } diagnostic)
        {
            throw new BuildFailedException(diagnostic, failure);
        }

        if (FileCalls.Access(Root, FileCalls.W_OK | FileCalls.X_OK) != 0)
        {
            throw new BuildFailedException(StoreDiagnostics.StoreNotWritable(Root, "it belongs to another user, or is read-only."));
        }

        // Whoever used the store first made this folder. Unpacked layers carry the owners that they had for that user.
        if (FileCalls.TryStat(Path.Combine(Root, Locks), out var locks)
            && FileCalls.EffectiveUserId() is var user && locks.UserId != user)
        {
            throw new BuildFailedException(StoreDiagnostics.StoreOfAnother(Root, locks.UserId, user));
        }
    }

    private StoreDirectory(string root, bool isWritable) => (Root, IsWritable) = (Path.GetFullPath(root), isWritable);

    public string Root { get; }

    /// <summary>False: it is only looked at, and what is looked at is not noted.</summary>
    public bool IsWritable { get; } = true;

    /// <summary>A store for whoever only looks at it: one that cannot be written, or is another user's, serves too.</summary>
    /// <exception cref="BuildFailedException">It cannot be read.</exception>
    public static StoreDirectory OpenForReading(string root)
    {
        try
        {
            return new StoreDirectory(root);
        }
        catch (BuildFailedException) when (FileCalls.Access(root, FileCalls.R_OK | FileCalls.X_OK) == 0)
        {
            return new StoreDirectory(root, isWritable: false);
        }
    }

    /// <summary>What this process uses of the store.</summary>
    public StoreUse Use => field ??= new StoreUse(this);

    /// <summary><c>CONTAINERSTAGES_STORE</c>, else <c>$XDG_CACHE_HOME/containerstages</c>, else <c>~/.cache/containerstages</c>.</summary>
    public static string DefaultPath()
    {
        if (Environment.GetEnvironmentVariable("CONTAINERSTAGES_STORE") is { Length: > 0 } named)
        {
            return named;
        }

        var cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } xdg
            ? xdg
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        return Path.Combine(cache, "containerstages");
    }

    /// <summary>What a failure of the file system in or below a store means to the user; null for anything else.</summary>
    public static Diagnostic? Explain(Exception failure, string root) => failure switch
    {
        _ when DiskSpace.IsFull(failure) => StoreDiagnostics.DiskFull(root),
        UnauthorizedAccessException or IOException when failure.Message.Contains(root, StringComparison.Ordinal) =>
            StoreDiagnostics.StoreNotWritable(root, failure.Message),
        _ => null,
    };

    /// <summary>A folder of the store by name, made when missing.</summary>
    public string Folder(string name)
    {
        var path = Path.Combine(Root, name);
        Directory.CreateDirectory(path);
        return path;
    }

    /// <summary>
    /// Waits until this process alone holds <paramref name="key"/>; the lock ends with the returned handle, or with the process.
    /// </summary>
    public Task<IDisposable> LockAsync(string key, CancellationToken cancellationToken) => LockAsync(key, shared: false, cancellationToken);

    /// <summary>The same, where <paramref name="shared"/> allows others that share too.</summary>
    public async Task<IDisposable> LockAsync(string key, bool shared, CancellationToken cancellationToken)
    {
        for (var delay = 2; ; delay = Math.Min(delay * 2, 100))
        {
            if (TryLock(key, shared) is { } held)
            {
                return held;
            }

            await Task.Delay(delay, cancellationToken);
        }
    }

    /// <summary>The same for moments, without giving up the thread.</summary>
    public IDisposable Lock(string key, bool shared)
    {
        while (true)
        {
            if (TryLock(key, shared) is { } held)
            {
                return held;
            }

            Thread.Sleep(2);
        }
    }

    /// <summary>The lock, or null where another build, or another part of this one, holds it.</summary>
    public IDisposable? TryLock(string key, bool shared)
    {
        var path = PathOfLock(key);
        try
        {
            var held = new FileStream(
                path,
                FileMode.OpenOrCreate,
                FileAccess.ReadWrite,
                shared ? FileShare.ReadWrite : FileShare.None,
                bufferSize: 0);
            if (IsNamed(held))
            {
                return held;
            }

            held.Dispose();
            return null;
        }
        catch (IOException failure) when (Errno.IsLocked(failure))
        {
            // The file itself may be gone by now: a clean-up removes those of locks that it could take.
            return null;
        }
        catch (DirectoryNotFoundException)
        {
            // A clean-up leaves no empty folder.
            Folder(Locks);
            return TryLock(key, shared);
        }
        catch (UnauthorizedAccessException) when (Directory.Exists(path))
        {
            // Something else put a folder there; the next attempt makes the file.
            TreeRemover.Remove(path);
            return null;
        }
    }

    internal string PathOfLock(string key) => Path.Combine(Root, Locks, key);

    /// <summary>Removes the files of locks that nobody holds; those that this process holds stay but for <paramref name="held"/>.</summary>
    public void RemoveIdleLocks(string held)
    {
        foreach (var key in FileCalls.ListNames(Folder(Locks)))
        {
            using var alone = key == held ? null : TryLock(key, shared: false);
            if (key == held || alone is not null)
            {
                File.Delete(PathOfLock(key));
            }
        }
    }

    /// <summary>False where the file was removed between its opening and its locking: another may hold a new one of the name.</summary>
    private static bool IsNamed(FileStream file) => FileCalls.TryStat(file.SafeFileHandle, "", out var status) && status.LinkCount > 0;

    /// <summary>Writes a small file so that readers see either the old or the new text, whole.</summary>
    public static void WriteAtomically(string path, ReadOnlySpan<byte> content)
    {
        using var file = new UnfinishedFile($"{path}.{Environment.ProcessId}.{Environment.CurrentManagedThreadId}{Unfinished}");
        File.WriteAllBytes(file.Path, content);
        file.MoveTo(path);
    }

    /// <summary>The same for a file of the store: a folder that something else put in its place goes.</summary>
    internal static void Replace(string path, ReadOnlySpan<byte> content)
    {
        try
        {
            WriteAtomically(path, content);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException && Directory.Exists(path))
        {
            TreeRemover.Remove(path);
            WriteAtomically(path, content);
        }
    }

    /// <summary>A file name for any text.</summary>
    public static string KeyOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
