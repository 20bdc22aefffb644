using ContainerStages.Diagnostics;
using ContainerStages.Posix;
using Microsoft.Win32.SafeHandles;

namespace ContainerStages.Layers;

/// <summary>
/// Tar archives of the user, plain or compressed with gzip, bzip2, xz or zstd: told apart by content, as ADD does, not by name.
/// </summary>
internal static class UserArchive
{
    /// <summary>True where the file, once decompressed, begins with a tar header.</summary>
    public static bool IsArchive(string path) => IsArchive(FileCalls.OpenFile(path, FileCalls.O_RDONLY));

    /// <inheritdoc cref="IsArchive(string)"/>
    /// <param name="file">Is closed.</param>
    public static bool IsArchive(SafeFileHandle file)
    {
        try
        {
            using var tar = Open(file);
            var block = new byte[TarHeader.Length];
            if (tar.ReadAtLeast(block, block.Length, throwOnEndOfStream: false) < block.Length)
            {
                return false;
            }

            _ = new TarHeader(block, 0);
            return true;
        }
        catch (XzFilterException)
        {
            // What is inside cannot be seen; it is not copied without a word, and unpacking says what to do.
            return true;
        }
        catch (Exception exception) when (IsDamage(exception) || exception is TarFormatException)
        {
            // Something that only begins like a compressed file is copied as it is.
            return false;
        }
    }

    /// <summary>Unpacks into an empty folder; nothing of the archive gets outside.</summary>
    /// <param name="path">The archive.</param>
    /// <param name="name">Its name for messages.</param>
    /// <exception cref="BuildFailedException">The archive is damaged or refused, or the disk is full.</exception>
    public static ExtractedLayer Extract(string path, string name, string directory, CancellationToken cancellationToken) =>
        Extract(FileCalls.OpenFile(path, FileCalls.O_RDONLY), name, directory, cancellationToken);

    /// <inheritdoc cref="Extract(string, string, string, CancellationToken)"/>
    /// <param name="archive">Is closed.</param>
    public static ExtractedLayer Extract(SafeFileHandle archive, string name, string directory, CancellationToken cancellationToken) =>
        Extract(archive, name, directory, keepOwners: true, cancellationToken);

    /// <summary>The same for a build context, whose files belong to nobody in particular: all are root's.</summary>
    /// <inheritdoc cref="Extract(string, string, string, CancellationToken)"/>
    public static void ExtractContext(string path, string name, string directory, CancellationToken cancellationToken) =>
        Extract(FileCalls.OpenFile(path, FileCalls.O_RDONLY), name, directory, keepOwners: false, cancellationToken);

    private static ExtractedLayer Extract(
        SafeFileHandle archive,
        string name,
        string directory,
        bool keepOwners,
        CancellationToken cancellationToken)
    {
        try
        {
            using var tar = Open(archive);
            return LayerExtractor.ExtractArchive(tar, directory, name, ExtractionLimits.Default, keepOwners, cancellationToken);
        }
        catch (XzFilterException filtered)
        {
            throw new BuildFailedException(StoreDiagnostics.FilterNotSupported(name, filtered.Filter), filtered);
        }
        catch (Exception exception) when (IsDamage(exception))
        {
            throw new BuildFailedException(
                StoreDiagnostics.LayerDamaged(name, $"its compressed data is damaged ({exception.Message})"),
                exception);
        }
    }

    private static Stream Open(SafeFileHandle handle)
    {
        var file = new FileStream(handle, FileAccess.Read);
        Span<byte> head = stackalloc byte[6];
        head = head[..file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)];
        file.Position = 0;
        return (Stream?)CompressedStreams.TryOpen(file, head) ?? LayerDecompression.Open(file);
    }

    private static bool IsDamage(Exception exception) =>
        exception is InvalidDataException or EndOfStreamException or ZstdSharp.ZstdException or SharpCompress.Common.SharpCompressException;
}
