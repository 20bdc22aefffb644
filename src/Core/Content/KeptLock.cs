using ContainerStages.Posix;
using Microsoft.Win32.SafeHandles;

namespace ContainerStages.Content;

/// <summary>
/// A lock of the store that one process shares often, for moments: its file stays open between. Sharing it again is three system calls
/// where <see cref="StoreDirectory.Lock"/> makes ten. Not safe for several threads at once.
/// </summary>
internal sealed class KeptLock(StoreDirectory store, string key) : IDisposable
{
    private const uint FileMode = 0x1B6; // rw-rw-rw-, less what the process's mask takes
    private SafeFileHandle? file;

    /// <summary>Waits until nobody holds the lock alone; to be called again only after <see cref="Exit"/>.</summary>
    public void EnterShared()
    {
        while (true)
        {
            file ??= Open();
            FileCalls.Lock(file, FileCalls.LOCK_SH);
            if (FileCalls.TryStat(file, "", out var status) && status.LinkCount > 0)
            {
                return;
            }

            // Removed since it was opened: another may hold a new file of the name.
            Dispose();
        }
    }

    public void Exit() => FileCalls.Lock(file!, FileCalls.LOCK_UN);

    public void Dispose()
    {
        file?.Dispose();
        file = null;
    }

    private SafeFileHandle Open()
    {
        const int flags = FileCalls.O_RDWR | FileCalls.O_CREAT;
        var path = store.PathOfLock(key);
        if (FileCalls.TryOpenFile(path, flags, FileMode) is { } opened)
        {
            return opened;
        }

        // The folder is gone, or something else stands there.
        using var held = store.Lock(key, shared: true);
        return FileCalls.OpenFile(path, flags, FileMode);
    }
}
