using ContainerStages.Posix;
using Microsoft.Win32.SafeHandles;

namespace ContainerStages.Content;

/// <summary>
/// A lock of the store that one process shares often, for moments: its file stays open between. Sharing it again is three system calls
/// where <see cref="StoreDirectory.Lock"/> makes twelve. Not safe for several threads at once.
/// </summary>
internal sealed class KeptLock(StoreDirectory store, string key) : IDisposable
{
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
        using var held = store.Lock(key, shared: true);
        return FileCalls.OpenFile(store.PathOfLock(key), FileCalls.O_RDWR);
    }
}
