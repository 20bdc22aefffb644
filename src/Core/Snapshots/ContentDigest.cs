using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using ContainerStages.Diagnostics;
using ContainerStages.Layers;
using ContainerStages.Posix;
using Microsoft.Win32.SafeHandles;

namespace ContainerStages.Snapshots;

/// <summary>
/// A digest of selected files that changes exactly when the layer made of them would: names, types, modes, owners, contents, link
/// targets, hard links and capabilities count; times, folders above and inode numbers do not.
/// </summary>
internal static class ContentDigest
{
    private const int PieceSize = 256 << 10;
    private const int Attempts = 5;

    /// <param name="sources">As <see cref="SourceSelection"/> found them.</param>
    /// <param name="withOwners">False where the copy sets owners anyway.</param>
    /// <param name="memory">Has files that were read before, and gets those that are read now; null for none.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="SourceChangedException">A file is gone, has become something else, or is written all the time.</exception>
    public static string Of(
        IReadOnlyList<SelectedSource> sources,
        bool withOwners,
        ContentMemory? memory,
        CancellationToken cancellationToken) =>
        Of(sources, withOwners, memory, found: null, cancellationToken);

    /// <param name="found">Hears of every file and link with the hash of its content, which a link has not; null for nobody.</param>
    /// <inheritdoc cref="Of(IReadOnlyList{SelectedSource}, bool, ContentMemory?, CancellationToken)"/>
    internal static string Of(
        IReadOnlyList<SelectedSource> sources,
        bool withOwners,
        ContentMemory? memory,
        Action<UnionEntry, byte[]>? found,
        CancellationToken cancellationToken)
    {
        var files = sources
            .SelectMany(source => source.Entries)
            .Where(item => item.Entry.IsRegularFile)
            .Select(item => item.Entry)
            .ToArray();
        var hashes = HashFiles(files, memory, cancellationToken);
        memory?.Save();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var next = 0;
        foreach (var source in sources)
        {
            Append(hash, source.IsDirectory ? "folder" : "file");
            Append(hash, source.Name);
            Append(hash, source.Entries.Length);
            var linked = new HardLinks();
            foreach (var item in source.Entries)
            {
                AppendEntry(hash, item, withOwners);
                Append(hash, linked.FirstName(item.Entry, item.RelativePath) ?? "");
                byte[] content = item.Entry.IsRegularFile ? hashes[next++] : [];
                hash.AppendData(content);
                if (!item.Entry.IsDirectory)
                {
                    found?.Invoke(item.Entry, content);
                }
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static byte[][] HashFiles(UnionEntry[] files, ContentMemory? memory, CancellationToken cancellationToken)
    {
        var hashes = new byte[files.Length][];
        if (files.Length == 1)
        {
            hashes[0] = HashFile(files[0], memory);
            return hashes;
        }

        try
        {
            Parallel.For(
                0,
                files.Length,
                new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Environment.ProcessorCount },
                i => hashes[i] = HashFile(files[i], memory));
            return hashes;
        }
        catch (AggregateException failures)
        {
            ExceptionDispatchInfo.Throw(failures.InnerExceptions[0]);
            throw;
        }
    }

    private static byte[] HashFile(UnionEntry entry, ContentMemory? memory)
    {
        if (memory?.Find(entry.Status) is { } known)
        {
            return known;
        }

        var found = entry.Status;
        var isAccepted = memory?.Accepts(found) == true;
        var hash = HashFile(entry);
        if (isAccepted && found.IsSame(entry.Status))
        {
            memory!.Add(found, hash);
        }

        return hash;
    }

    /// <summary>Of the content that the entry's status belongs to; a file that is written meanwhile is read again.</summary>
    private static byte[] HashFile(UnionEntry entry)
    {
        for (var attempt = 1; ; attempt++)
        {
            entry.AwaitClockTick();
            using var file = entry.Open();
            var hash = HashContent(entry, file);
            if (entry.IsUnchanged(file))
            {
                return hash;
            }

            if (attempt == Attempts)
            {
                throw new SourceChangedException(entry.HostPath!);
            }

            using var again = entry.Open();
            entry.Adopt(again);
        }
    }

    private static byte[] HashContent(UnionEntry entry, SafeFileHandle file)
    {
        try
        {
            return HashContent(file);
        }
        catch (Exception) when (!entry.IsUnchanged(file))
        {
            // A folder or a pipe has no such content.
            throw new SourceChangedException(entry.HostPath!);
        }
    }

    // In large pieces: most files are one, and those of a stream are of 4 kB.
    private static byte[] HashContent(SafeFileHandle file)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(PieceSize);
        var position = 0L;
        for (int count; (count = RandomAccess.Read(file, buffer.AsSpan(0, PieceSize), position)) > 0; position += count)
        {
            hash.AppendData(buffer.AsSpan(0, count));
        }

        ArrayPool<byte>.Shared.Return(buffer);
        return hash.GetHashAndReset();
    }

    private static void AppendEntry(IncrementalHash hash, in SelectedEntry item, bool withOwners)
    {
        var status = item.Entry.Status;
        Span<byte> numbers = stackalloc byte[24];
        BinaryPrimitives.WriteUInt32LittleEndian(numbers, item.Entry.IsNoFile ? FileCalls.S_IFDIR | 0x1ED : status.Mode);
        BinaryPrimitives.WriteUInt32LittleEndian(numbers[4..], withOwners ? status.UserId : 0);
        BinaryPrimitives.WriteUInt32LittleEndian(numbers[8..], withOwners ? status.GroupId : 0);
        BinaryPrimitives.WriteUInt32LittleEndian(numbers[12..], status.DeviceMajor);
        BinaryPrimitives.WriteUInt32LittleEndian(numbers[16..], status.DeviceMinor);
        hash.AppendData(numbers);
        Append(hash, item.RelativePath);
        Append(hash, item.Entry.IsSymbolicLink ? item.Entry.LinkTarget : "");
        if (item.Entry is { IsRegularFile: true, Held: null })
        {
            // A context's capabilities stay behind.
            AppendCapability(hash, item.Entry);
        }
    }

    private static void AppendCapability(IncrementalHash hash, UnionEntry entry)
    {
        Span<byte> value = stackalloc byte[64];
        var size = FileCalls.GetXattr(entry.HostPath!, EntryMetadata.Capability, value, (nuint)value.Length);
        var found = entry.RecordedCapability ?? value[..(int)Math.Max(size, 0)];
        Append(hash, found.Length);
        hash.AppendData(found);
    }

    private static void Append(IncrementalHash hash, string text)
    {
        Append(hash, text.Length);
        hash.AppendData(MemoryMarshal.AsBytes(text.AsSpan()));
    }

    private static void Append(IncrementalHash hash, int number)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        hash.AppendData(bytes);
    }
}
