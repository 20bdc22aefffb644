using System.IO.Compression;
using ContainerStages.Diagnostics;
using ContainerStages.Posix;
using SharpCompress.Compressors.BZip2;
using SharpCompress.Compressors.Xz;

namespace ContainerStages.Layers;

/// <summary>Tar archives of the user, plain or compressed with gzip, bzip2, xz or zstd: told apart by content, as ADD does, not by name.</summary>
internal static class UserArchive
{
    private const int BlockSize = 512;
    private const int ChecksumField = 148;

    /// <summary>True where the file, once decompressed, begins with a tar header.</summary>
    public static bool IsArchive(string path)
    {
        try
        {
            using var tar = Open(path);
            var block = new byte[BlockSize];
            return tar.ReadAtLeast(block, BlockSize, throwOnEndOfStream: false) == BlockSize && IsHeader(block);
        }
        catch (Exception exception) when (IsDamage(exception))
        {
            // Something that only begins like a compressed file is copied as it is.
            return false;
        }
    }

    /// <summary>Unpacks into an empty folder; nothing of the archive gets outside.</summary>
    /// <param name="path">The archive.</param>
    /// <param name="name">Its name for messages.</param>
    /// <exception cref="BuildFailedException">The archive is damaged or refused, or the disk is full.</exception>
    public static void Extract(string path, string name, string directory, CancellationToken cancellationToken) =>
        Extract(path, name, directory, keepOwners: true, cancellationToken);

    /// <summary>The same for a build context, whose files belong to nobody in particular: all are root's.</summary>
    /// <inheritdoc cref="Extract(string, string, string, CancellationToken)"/>
    public static void ExtractContext(string path, string name, string directory, CancellationToken cancellationToken) =>
        Extract(path, name, directory, keepOwners: false, cancellationToken);

    private static void Extract(string path, string name, string directory, bool keepOwners, CancellationToken cancellationToken)
    {
        try
        {
            using var tar = Open(path);
            LayerExtractor.ExtractArchive(tar, directory, name, ExtractionLimits.Default, keepOwners, cancellationToken);
        }
        catch (Exception exception) when (IsDamage(exception))
        {
            throw new BuildFailedException(StoreDiagnostics.LayerDamaged(name, $"its compressed data is damaged ({exception.Message})"), exception);
        }
    }

    private static Stream Open(string path)
    {
        var file = new FileStream(FileCalls.OpenFile(path, FileCalls.O_RDONLY), FileAccess.Read);
        Span<byte> head = stackalloc byte[6];
        head = head[..file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)];
        file.Position = 0;
        return head switch
        {
            [(byte)'B', (byte)'Z', (byte)'h', ..] => OpenBZip2(file),
            [0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0] => new XZStream(file),
            _ => LayerDecompression.Open(file),
        };
    }

    private static BZip2Stream OpenBZip2(FileStream file) => BZip2Stream.Create(file, SharpCompress.Compressors.CompressionMode.Decompress, decompressConcatenated: true);

    private static bool IsDamage(Exception exception) =>
        exception is InvalidDataException or EndOfStreamException or ZstdSharp.ZstdException or SharpCompress.Common.SharpCompressException;

    /// <summary>Source: POSIX pax, ustar: the sum of all bytes of the header, with blanks for the sum itself.</summary>
    private static bool IsHeader(ReadOnlySpan<byte> block)
    {
        var sum = 8 * ' ';
        for (var i = 0; i < BlockSize; i++)
        {
            sum += i is >= ChecksumField and < ChecksumField + 8 ? 0 : block[i];
        }

        var written = 0;
        var digits = 0;
        foreach (var digit in block.Slice(ChecksumField, 8))
        {
            if (digit is >= (byte)'0' and <= (byte)'7')
            {
                written = (written * 8) + digit - '0';
                digits++;
            }
            else if (digits > 0)
            {
                break;
            }
        }

        return digits > 0 && written == sum;
    }
}
