using System.Buffers;
using System.Text;
using ContainerStages.Content;
using ContainerStages.Images;
using ContainerStages.Layers;
using ContainerStages.Media.Files;
using ContainerStages.Oci;
using ContainerStages.Publishing;

namespace ContainerStages.Media.Archives;

/// <summary>
/// One tar with an OCI layout, and documents beside it. Written under another name in the same folder and renamed; the same image gives
/// the same bytes, and a file that has them already is left alone.
/// </summary>
internal static class ImageArchive
{
    private const uint FileMode = 0x1A4; // rw-r--r--
    private const uint FolderMode = 0x1ED; // rwxr-xr-x

    /// <returns>False where the file was there already with the same content.</returns>
    public static Task<bool> WriteAsync(
        string path,
        ImageSet images,
        IContentStore store,
        IReadOnlyDictionary<string, string> documents,
        CancellationToken cancellationToken) =>
        OutputFile.WriteAsync(
            path,
            file => WriteTar(file, images, store, documents, cancellationToken),
            async finished => !await IsSameAsync(finished, path, cancellationToken));

    /// <summary>The archive itself, to anywhere.</summary>
    public static void WriteTar(
        Stream file,
        ImageSet images,
        IContentStore store,
        IReadOnlyDictionary<string, string> documents,
        CancellationToken cancellationToken)
    {
        var tar = new TarStreamWriter(file);
        WriteFolder(tar, "blobs/");
        WriteFolder(tar, "blobs/sha256/");
        foreach (var blob in ImageBlobs.All(images).OrderBy(blob => blob.Digest.Hex, StringComparer.Ordinal))
        {
            using var content = ImageBlobs.OpenVerified(images, store, blob);
            WriteBlob(tar, blob, content, cancellationToken);
        }

        foreach (var (name, text) in documents.OrderBy(document => document.Key, StringComparer.Ordinal))
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            tar.WriteEntry(new TarEntry { Kind = TarEntryKind.File, Name = name, Mode = FileMode, Size = bytes.Length });
            tar.WriteContent(bytes);
        }

        tar.Finish();
    }

    private static void WriteFolder(TarStreamWriter tar, string name) =>
        tar.WriteEntry(new TarEntry { Kind = TarEntryKind.Directory, Name = name, Mode = FolderMode });

    private static void WriteBlob(TarStreamWriter tar, Descriptor blob, Stream content, CancellationToken cancellationToken)
    {
        tar.WriteEntry(
            new TarEntry { Kind = TarEntryKind.File, Name = $"blobs/sha256/{blob.Digest.Hex}", Mode = FileMode, Size = blob.Size });
        var buffer = ArrayPool<byte>.Shared.Rent(256 << 10);
        try
        {
            for (int count; (count = content.Read(buffer)) > 0;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                tar.WriteContent(buffer.AsSpan(0, count));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static async Task<bool> IsSameAsync(string left, string right, CancellationToken cancellationToken)
    {
        if (!File.Exists(right) || new FileInfo(left).Length != new FileInfo(right).Length)
        {
            return false;
        }

        await using var leftFile = File.OpenRead(left);
        await using var rightFile = File.OpenRead(right);
        var leftBytes = new byte[256 << 10];
        var rightBytes = new byte[256 << 10];
        for (int count; (count =
            await leftFile.ReadAtLeastAsync(leftBytes, leftBytes.Length, throwOnEndOfStream: false, cancellationToken)) > 0;)
        {
            var other = await rightFile.ReadAtLeastAsync(rightBytes, rightBytes.Length, throwOnEndOfStream: false, cancellationToken);
            if (other != count || !leftBytes.AsSpan(0, count).SequenceEqual(rightBytes.AsSpan(0, count)))
            {
                return false;
            }
        }

        return true;
    }
}
