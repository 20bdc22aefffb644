using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using ContainerStages.Content;
using ContainerStages.Posix;

namespace ContainerStages.Snapshots;

/// <summary>
/// The hashes of files of a context, by what the kernel says of each: device, inode, size, and when content and status changed, which no
/// program can set back. A file of which all that is as it was need not be read again. One small file a context under <c>contexts</c> of
/// the store, a memory only. Source: git, racy-git.txt.
/// </summary>
internal sealed class ContentMemory
{
    private const int KeyLength = 40;
    private const int Length = KeyLength + SHA256.HashSizeInBytes;
    private const int MostRecords = 200_000;

    // A later change within a tick of the file system's clock would not show; that of a server may be coarse.
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(2);

    // Those whose times of change are the kernel's own: ext2 to ext4, xfs, btrfs, tmpfs, overlayfs, f2fs, zfs, bcachefs.
    // Source: statfs(2) and the kernel's magic.h; OpenZFS, zfs_vfsops.h.
    private static readonly ulong[] FileSystems =
        [0xEF53, 0x58465342, 0x9123683E, 0x01021994, 0x794C7630, 0xF2F52010, 0x2FC12FC1, 0xCA451A4E];

    private readonly ConcurrentQueue<byte[]> added = [];
    private readonly Lock gate = new();
    private readonly StoreDirectory store;
    private readonly string item;
    private readonly ulong device;

    // Replaced as a whole: stages look here while others add.
    private byte[] records;

    private ContentMemory(StoreDirectory store, string item, ulong device)
    {
        (this.store, this.item, this.device) = (store, item, device);
        var read = SealedFile.Read(Path.Combine(store.Root, item)) ?? [];
        records = read.Length % Length == 0 ? read : [];
        if (records.Length > 0)
        {
            store.Use.Note(item);
        }
    }

    /// <param name="store">Keeps it.</param>
    /// <param name="folder">Of the context.</param>
    /// <returns>
    /// Null where the file system of the folder may not say when a file changed, and for a folder of the store: each build has another.
    /// </returns>
    public static ContentMemory? Open(StoreDirectory store, string folder) =>
        !folder.StartsWith(store.Root + "/", StringComparison.Ordinal)
        && FileCalls.TryStat(folder, out var status)
        && FileSystems.Contains(FileCalls.FileSystemOf(folder))
            ? new ContentMemory(store, $"contexts/{StoreDirectory.KeyOf(folder)}", status.Device)
            : null;

    /// <summary>
    /// True where what is read of the file from now on may be added: its last change is long enough ago, and it lies in the context's own
    /// file system.
    /// </summary>
    internal bool Accepts(in FileStatus status) =>
        status.Device == device && DateTimeOffset.UtcNow - DateTimeOffset.FromUnixTimeSeconds(status.ChangeSeconds + 1) >= Rest;

    /// <summary>SHA-256 of the content; null where it is not known.</summary>
    internal byte[]? Find(in FileStatus status)
    {
        Span<byte> key = stackalloc byte[KeyLength];
        WriteKey(status, key);
        var known = records;
        var (low, high) = (0, (known.Length / Length) - 1);
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var record = known.AsSpan(middle * Length, Length);
            switch (Compare(record, key))
            {
                case 0:
                    return record[..KeyLength].SequenceEqual(key) ? record[KeyLength..].ToArray() : null;
                case < 0:
                    low = middle + 1;
                    break;
                default:
                    high = middle - 1;
                    break;
            }
        }

        return null;
    }

    /// <summary>To be called with a file that was <see cref="Accepts">accepted</see> before its content was read.</summary>
    internal void Add(in FileStatus status, byte[] hash)
    {
        var record = new byte[Length];
        WriteKey(status, record);
        hash.CopyTo(record, KeyLength);
        added.Enqueue(record);
    }

    /// <summary>Writes what was added, with what was known before; nothing where nothing was.</summary>
    internal void Save()
    {
        lock (gate)
        {
            var fresh = new List<byte[]>();
            while (added.TryDequeue(out var record))
            {
                fresh.Add(record);
            }

            if (fresh.Count > 0)
            {
                records = Merge(fresh);
                Write();
            }
        }
    }

    private void Write()
    {
        if (store.IsWritable)
        {
            store.Use.Note(item);
            _ = store.Folder("contexts");
            SealedFile.Write(Path.Combine(store.Root, item), records);
        }
    }

    private byte[] Merge(List<byte[]> fresh)
    {
        var old = fresh.Count + (records.Length / Length) > MostRecords ? [] : records.Chunk(Length);
        byte[][] merged = [.. fresh.Concat(old).DistinctBy(record => (Device(record), Inode(record)))];
        Array.Sort(merged, (one, other) => Compare(one, other));
        var all = new byte[merged.Length * Length];
        for (var i = 0; i < merged.Length; i++)
        {
            merged[i].CopyTo(all, i * Length);
        }

        return all;
    }

    private static int Compare(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other) =>
        Device(one).CompareTo(Device(other)) is not 0 and var order ? order : Inode(one).CompareTo(Inode(other));

    private static ulong Device(ReadOnlySpan<byte> record) => BinaryPrimitives.ReadUInt64LittleEndian(record);

    private static ulong Inode(ReadOnlySpan<byte> record) => BinaryPrimitives.ReadUInt64LittleEndian(record[8..]);

    private static void WriteKey(in FileStatus status, Span<byte> key)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(key, status.Device);
        BinaryPrimitives.WriteUInt64LittleEndian(key[8..], status.Inode);
        BinaryPrimitives.WriteInt64LittleEndian(key[16..], status.Size);
        BinaryPrimitives.WriteInt64LittleEndian(key[24..], (status.ModificationSeconds * 1_000_000_000) + status.ModificationNanoseconds);
        BinaryPrimitives.WriteInt64LittleEndian(key[32..], (status.ChangeSeconds * 1_000_000_000) + status.ChangeNanoseconds);
    }
}
