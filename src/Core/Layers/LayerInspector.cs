using System.Buffers;
using System.Security.Cryptography;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Oci;

namespace ContainerStages.Layers;

/// <summary>What a layer's blob really is, whatever its image says. Sizes in bytes.</summary>
internal sealed record LayerInspection(
    Digest Digest,
    long BlobSize,
    LayerCompression Compression,
    Digest DiffId,
    long ContentSize,
    long Entries);

/// <summary>Reads a layer to its end without unpacking it.</summary>
internal static class LayerInspector
{
    /// <param name="blob">The layer as it travels. Not disposed.</param>
    /// <param name="name">For messages.</param>
    /// <param name="cancellationToken">Asked between entries.</param>
    /// <exception cref="BuildFailedException">It is no tar, or its compression is damaged.</exception>
    public static LayerInspection Inspect(Stream blob, string name, CancellationToken cancellationToken) =>
        Inspect(blob, name, null, cancellationToken);

    /// <param name="blob">The layer as it travels. Not disposed.</param>
    /// <param name="name">For messages.</param>
    /// <param name="visit">Gets every entry, in their order, and the reader of its content; null for nobody.</param>
    /// <param name="cancellationToken">Asked between entries.</param>
    /// <exception cref="BuildFailedException">It is no tar, or its compression is damaged.</exception>
    internal static LayerInspection Inspect(
        Stream blob, string name, Action<TarEntry, TarStreamReader>? visit, CancellationToken cancellationToken)
    {
        try
        {
            using var received = new HashingReader(blob);
            using var decompressed = LayerDecompression.Open(received);
            using var plain = new HashingReader(decompressed);
            var (size, entries) = ReadEntries(plain, visit, cancellationToken);
            received.ReadToEnd();
            return new LayerInspection(
                received.Digest,
                received.Count,
                LayerDecompression.Detect(received.Head),
                plain.Digest,
                size,
                entries);
        }
        catch (Exception exception)
            when (exception is TarFormatException or InvalidDataException or ZstdSharp.ZstdException or EndOfStreamException)
        {
            throw new BuildFailedException(StoreDiagnostics.LayerDamaged(name, exception.Message), exception);
        }
    }

    private static (long Size, long Entries) ReadEntries(
        Stream plain, Action<TarEntry, TarStreamReader>? visit, CancellationToken cancellationToken)
    {
        using var reader = new TarStreamReader(plain);
        var (size, entries) = (0L, 0L);
        while (reader.ReadEntry() is { } entry)
        {
            cancellationToken.ThrowIfCancellationRequested();
            size = entry.Size <= DocumentRules.MostBytes - size
                ? size + entry.Size
                : throw new TarFormatException("its files have more bytes together than there are anywhere.");
            entries++;
            visit?.Invoke(entry, reader);
        }

        reader.Drain();
        return (size, entries);
    }

    /// <summary>Digest, length and first bytes of what passes.</summary>
    private sealed class HashingReader(Stream inner) : ForwardStream
    {
        private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

        public long Count { get; private set; }

        public byte[] Head { get; private set; } = [];

        public Digest Digest => Digest.FromHash(hash.GetCurrentHash());

        public override int Read(Span<byte> buffer)
        {
            var count = inner.Read(buffer);
            hash.AppendData(buffer[..count]);
            Count += count;
            if (Head.Length < 4)
            {
                Head = [.. Head, .. buffer[..Math.Min(count, 4)]];
            }

            return count;
        }

        public void ReadToEnd()
        {
            var buffer = ArrayPool<byte>.Shared.Rent(64 << 10);
            while (Read(buffer) > 0)
            {
            }

            ArrayPool<byte>.Shared.Return(buffer);
        }

        protected override void Dispose(bool disposing)
        {
            hash.Dispose();
            base.Dispose(disposing);
        }
    }
}
